"""Judges specs by the JSON Schema alone, with a validator that knows nothing of exp.

Reads {"schema": ..., "specs": {name: value}} and writes {name: [what is wrong]}.
"""

import json
import sys

from jsonschema import Draft202012Validator

asked = json.load(sys.stdin)
Draft202012Validator.check_schema(asked["schema"])
validator = Draft202012Validator(asked["schema"])
judged = {
    name: [error.message[:200] for error in validator.iter_errors(value)]
    for name, value in asked["specs"].items()
}
json.dump(judged, sys.stdout)
