"""What networks are made of: equivariant linear maps and convolutions, their initialisation, normalisers, penalties."""
