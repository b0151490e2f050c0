# SPDX-License-Identifier: Apache-2.0
"""What the plot shows of what was measured."""

from . import plot
from .experiments import crowded, idle, refusing
from .samples import Samples


def panels(experiments: dict) -> list[plot.Panel]:
    """`experiments`: from the function to its Samples. Those that were not run have empty panels."""
    axes = [("services", crowded.among_services, [(count, idle.case_of(count)) for count in crowded.SERVICES]),
            ("live children", crowded.beside_children,
             [(count, crowded.children_case(count)) for count in crowded.CHILDREN]),
            ("prefixes, refused", refusing.refused, [(count, refusing.case_of(count)) for count in refusing.COUNTS])]
    return [plot.Panel(title, metric, unit, experiments.get(run, Samples()), cases)
            for metric, unit in (("cpu", "CPU µs a connection"), ("rate", "connections a second"))
            for title, run, cases in axes]


def svg(experiments: dict) -> str:
    """Empty if nothing of it was measured."""
    made = panels(experiments)
    return plot.svg(made, 3) if any(panel.lines() for panel in made) else ""
