# SPDX-License-Identifier: Apache-2.0
"""How things are measured: each experiment is a function of a Setup that yields Samples."""
