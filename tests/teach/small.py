"""A question bank of a few items, as TOML: what readers of banks are tried on."""

HEAD = """
title = "A test"
model = "problem"
page = "book/cases/problem_analysis"
[objectives]
one = "Say something"
"""
ITEM = """
[[items]]
id = "test-one"
kind = "numeric"
objective = "one"
level = "apply"
section = "book/cases/problem#questions"
stem = "How large is {owed}?"
answer = "owed"
unit = "money"
tolerance = 0.1
ranges = { forced_sale = [0.6, 0.8] }
holds = ["owed > 0"]
feedback = "It is {answer}."
distractors = [
  { answer = "owed * 2", reveals = "doubles it" },
  { answer = "owed / 2", reveals = "halves it" },
]
"""
CHOICE = """
[[items]]
id = "test-two"
kind = "choice"
objective = "one"
level = "judge"
section = "book/cases/problem#questions"
stem = "Which?"
feedback = "So."
options = [
  { text = "this", right = true },
  { text = "that", reveals = "errs" },
  { text = "the other", reveals = "errs too" },
]
"""
