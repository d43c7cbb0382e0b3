"""Commands that train results again: `reproduce` published ones, `verify` anybody's, `challenge` a row by what was found."""
