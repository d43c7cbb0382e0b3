"""The robots that gymnasium simulates with MuJoCo, version 5: one file for each in `robots/`, on what they share here."""
