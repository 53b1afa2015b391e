"""What is where in the sky, when: catalogue, coordinates, twilight, rise and set."""
