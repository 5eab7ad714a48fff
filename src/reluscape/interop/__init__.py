"""The bridge to other libraries' models; torch is known here and nowhere else."""
