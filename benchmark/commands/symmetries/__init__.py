"""Commands about symmetries alone: measure a declared one, find one that is not, draw one that is wrong."""
