"""INDI devices through a local indiserver; PyIndi lives here and nowhere else."""
