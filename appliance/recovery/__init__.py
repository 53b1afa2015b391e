"""The ladder that is climbed for a device that does not answer, rung by rung, each said in plain words."""
