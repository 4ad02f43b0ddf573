"""Five Client Relationships: the models behind the casebook.

`casebook.cases` holds the five cases, each of one shape (`assumptions`, `sample`, `simulate`,
`figure`). The rooms below it hold every formula once: `timevalue`, `loans`, `credit`,
`projectfinance`, `profitability`, `workout`.
"""

__version__ = "0.1.0"
