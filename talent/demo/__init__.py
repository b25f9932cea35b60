"""The demonstration: an invented district, made through the services, so that it is legal."""

from talent.demo.district import load, sign_ins

__all__ = ["load", "sign_ins"]
