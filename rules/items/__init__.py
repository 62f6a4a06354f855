"""rules: what an item is made of, as data by school year. 規§5.3.1, 規§5.4, 規§8"""
