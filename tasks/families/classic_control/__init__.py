"""Gymnasium's classic control as array dynamics, bit for bit, and what breaks its symmetries."""
