"""One box: everything that runs a night, whoever gives it its devices, its clock and its calculator."""
