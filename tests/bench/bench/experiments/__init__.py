# SPDX-License-Identifier: Apache-2.0
"""How things are measured: each experiment is a function that fills Samples, so that what was measured before a
failure is not lost."""
