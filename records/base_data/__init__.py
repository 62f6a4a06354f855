"""records: what a school's files say comes in: people, structure, marks; what a later import changes. 規§5.1, 規§5.2"""
