"""activities: effects, a module each deed. Only activities and the relay touch the outside world."""
