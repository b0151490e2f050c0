# SPDX-License-Identifier: Apache-2.0
"""What tests/bench/run is made of.

    targets      the rows of the comparison: what is measured, against what, and what it is to be
    experiments  how each is measured; yields Samples
    peers        porterd, xinetd, the inetds, the single-service servers, the floor
    load         the load generator and what one run of it cost
    accounting   processor time of a daemon and all its children
    report, plot what comes of it: Markdown and one SVG
"""
