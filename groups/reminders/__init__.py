"""The kinds of message this app sends: importing a module of this package registers its kind."""
