"""The robots that gymnasium simulates with MuJoCo, version 5 of each: one file for each robot."""
