"""The places of a Swift file where one operator, constant, call or return can be changed, and how.

A change keeps the file's lines. It is an expression that checks at run time whether its own mutant is on, so all
mutants are compiled together: an operator becomes one of its own (`<` is `<←↑`, declared in `Mutant.swift`), which
keeps precedence and types as they are.
"""

import re
from dataclasses import dataclass, field

RELATIONAL = {"<": "<=", "<=": "<", ">": ">=", ">=": ">", "==": "!=", "!=": "=="}
ARITHMETIC = {"+": "-", "-": "+", "*": "+", "/": "*", "%": "*", "+=": "-=", "-=": "+="}
BOOLEAN = {"&&": "||", "||": "&&"}
INFIX = RELATIONAL | ARITHMETIC | BOOLEAN

# Arrows are allowed in operators and do not occur in the code: two of them encode a number.
FIRST_ARROW, ARROWS = 0x2190, 112


@dataclass
class Site:
    path: str
    line: int
    """The last line of the changed code."""
    last: int
    change: str
    """The line of code without surrounding blanks."""
    text: str
    """`(from, to, replacement)` in the file's text, where `{id}` and `{op}` are the mutant's."""
    edits: list = field(repr=False)
    """The operator that `Mutant.swift` must declare, and its replacement."""
    operator: tuple | None = None

    @property
    def key(self):
        return (self.path, self.change, self.text)

    def __str__(self):
        return f"{self.path}:{self.line}: {self.change}: {self.text}"


def arrows(number):
    return chr(FIRST_ARROW + number // ARROWS) + chr(FIRST_ARROW + number % ARROWS)


def masked(text):
    """The same text with the contents of comments and string literals blanked out."""
    comment, long = r"//[^\n]*|/\*.*?\*/", r'(#*)"""(?:\\.|.)*?"""\1'
    short = r'(#*)"(?:\\\((?:[^()\n]|\([^()\n]*\))*\)|\\.|[^"\\\n])*"\2'
    pattern = re.compile(f"{comment}|{long}|{short}", re.S)

    def blank(match):
        found = match.group()
        inside = re.sub(r"[^\n]", "_", found)
        return '"' + inside[1:-1] + '"' if found[-1] == '"' else re.sub("_", " ", inside)

    return pattern.sub(blank, text)


def sites(path, text):
    """All sites of a file, in order."""
    code = masked(text)
    found = [*infixes(code), *negations(code), *constants(code), *flags(code), *calls(code), *nils(code)]
    lines = text.split("\n")
    result = []
    for start, change, edits, operator in sorted(found, key=lambda one: (one[0], one[1])):
        line, last = (code.count("\n", 0, place) + 1 for place in (start, edits[-1][1]))
        result.append(Site(path, line, last, change, lines[line - 1].strip(), edits, operator))
    return result


def infixes(code):
    for match in re.finditer(r"(?<=\s)(?:[<>=!]=|[<>+*/%-]|&&|\|\||[+-]=)(?=\s)", code):
        old = match.group()
        before, after = code[: match.start()].rstrip(), code[match.end() :].lstrip()
        is_text = old.startswith("+") and (before.endswith('"') or after.startswith('"'))
        if is_text or before.endswith(("func", "operator")):
            continue
        meaning = "== nil" if old in ("==", "!=") and re.match(r"nil\b", after) else old
        yield match.start(), f"{old} → {INFIX[old]}", [(match.end(), match.end(), "{op}")], (old, meaning)


def negations(code):
    for match in re.finditer(r"(?<=[\s(\[,{])!(?=[\w(.$])", code):
        yield match.start(), "! removed", [(match.end(), match.end(), "{op}")], ("!", "!")


def constants(code):
    """Constants, alternately decreased and increased by one."""
    less = False
    for match in re.finditer(r"(?<![\w$#])(?:0x[0-9A-Fa-f_]+|[0-9][0-9_]*)(?![\w]|\.[0-9])", code):
        before = code[: match.start()]
        if before.endswith(".") and not before.endswith(".."):
            continue
        value = int(match.group().replace("_", ""), 0)
        other, less = value - 1 if less and value else value + 1, not less
        written = f"Mutant.value({{id}}, {match.group()}, {other})"
        yield match.start(), f"{match.group()} → {other}", [(match.start(), match.end(), written)], None


def flags(code):
    for match in re.finditer(r"(?<![\w.#])(?:true|false)\b(?!:)", code):
        other = "false" if match.group() == "true" else "true"
        written = f"Mutant.value({{id}}, {match.group()}, {other})"
        yield match.start(), f"{match.group()} → {other}", [(match.start(), match.end(), written)], None


def calls(code):
    """Calls as statements, whose result is discarded."""
    words = "if|guard|while|for|switch|return|let|var|func|init|case|default|throw|super|self|precondition|assert"
    name = rf"(?!(?:{words})\b)[a-z_](?:\w|[.?]+(?=[a-z]))*"
    for match in re.finditer(rf"(?m)^[ ]+((?:try |_ = (?:try )?)?({name}))\(", code):
        before = code[: match.start()].rstrip()
        is_statement = re.search(r'[{})\]"\w]$|(?:^|\n) *(?:case [^\n]*|default):$', before)
        if not is_statement or re.search(r"\b(?:return|=)$", before):
            continue
        start, end = match.start(1), call_end(code, match.end() - 1)
        if end:
            edits = [(start, start, "if !Mutant.on({id}) {{ "), (end, end, " }}")]
            yield start, f"{match.group(2)}() removed", edits, None


def call_end(code, at):
    """The end of a call whose bracket opens at `at`; `None` if it is part of a larger expression."""
    while True:
        at = matching(code, at)
        rest = re.match(r"\s*\.\w+[?!]?(?=[(])|\s*\.\w+ (?=\{)|[ ]?(?=\{)|(?=\()|[?!](?=\.)", code[at:])
        if not rest:
            is_whole = re.match(r" *(?:\n|\}|$)", code[at:]) and not re.match(r"\s*(?:[.?&|+*/<>=-]|else)", code[at:])
            return at if is_whole else None
        at += rest.end()
        if code[at] not in "({":
            return None


def matching(code, at):
    """The offset after the bracket that closes the one at `at`."""
    depth = 0
    for place in range(at, len(code)):
        depth += (code[place] in "([{") - (code[place] in ")]}")
        if depth == 0:
            return place + 1
    return len(code)


OPTIONAL = re.compile(r"(?:func\b[^{}]*->\s*[^{}]*\?|init\?[^{}]*|var\s+\w+\s*:\s*[^={}]*\?)\s*$")
OTHER = re.compile(r"(?:^|\n|\}|\b)\s*(?:if|guard|else|for|while|switch|do|catch|get)\b[^{}]*$")


def nils(code):
    opened = []
    for match in re.finditer(r"[{}]|\breturn\b(?! nil\b)", code):
        if match.group() == "{":
            opened.append(declares(code, match.start()))
            end = matching(code, match.start())
            body = code[match.end() : end - 1]
            single = re.fullmatch(r"\s*(?!(?:return|throw|nil)\b)\S[^\n]*\s*", body)
            if opened[-1] == "optional" and single:
                edit = (match.end(), match.end(), " if Mutant.on({id}) {{ return nil }}; return ")
                yield match.end() + len(body) - len(body.lstrip()), "nil returned", [edit], None
        elif match.group() == "}":
            if opened:
                opened.pop()
        elif next((kind for kind in reversed(opened) if kind != "other"), "") == "optional":
            edit = (match.start(), match.end(), "if Mutant.on({id}) {{ return nil }}; return")
            yield match.start(), "nil returned", [edit], None


def declares(code, at):
    """Whether a brace opens a body that may return nil, a branch of one, or something else."""
    header = code[max(0, at - 800) : at]
    header = header[max(header.rfind("{"), header.rfind("}")) + 1 :]
    last = re.split(r"\n(?= *(?:[@a-z]+ )*(?:func|init|var|let|static|if|guard|for|while|switch|return)\b)", header)[-1]
    if OPTIONAL.search(last):
        return "optional"
    return "other" if OTHER.search("\n" + last) else "closed"
