"""Targets and plan steps: model, runner, checkpoint."""
