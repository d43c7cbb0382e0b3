"""The robots that gymnasium simulates with MuJoCo, version 5 of each: one file for each in `robots/`, on what they share here."""
