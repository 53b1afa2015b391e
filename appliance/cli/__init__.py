"""The command line and the composition root: profile to rig to api to surfaces."""


def main() -> int:
    """Run `nightbox` and return its exit code."""
    raise NotImplementedError
