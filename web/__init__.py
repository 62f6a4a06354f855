"""web: the HTTP doors: files come in over slow lines and go out to who may have them."""
