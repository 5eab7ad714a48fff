"""Numerical methods that propose, each with the certificate that lets exact arithmetic decide."""
