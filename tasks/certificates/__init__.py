"""Certificates: a declared symmetry, measured on the real environment."""

from symprior.tasks.certificates.certificate import Certificate, certify

__all__ = ["Certificate", "certify"]
