"""demo: what people do in the played year, a module each scene."""
