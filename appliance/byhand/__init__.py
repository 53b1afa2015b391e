"""What a person or a script does with the gear one thing at a time: exposures, solving, going there."""
