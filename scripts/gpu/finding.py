"""What a step has found: `Finding`."""

from dataclasses import dataclass, field


@dataclass
class Finding:
    """`alike` is None where something is reported and nothing is claimed."""

    alike: object
    words: str
    lines: list = field(default_factory=list)
    figures: dict = field(default_factory=dict)

    @property
    def verdict(self):
        return {True: "alike", False: "NOT ALIKE", None: "reported"}[self.alike]
