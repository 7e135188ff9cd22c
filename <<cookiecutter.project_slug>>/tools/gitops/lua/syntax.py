"""Lua, read without running it: what a script's statements are, what it calls, and whether it always returns.

Lua 5.1 with `goto`, as Argo CD has it. Only the standard library: the validator needs this where no Lua is at hand.
"""

import re
from dataclasses import dataclass, field
from functools import cache

KEYWORDS = {
    *("and", "break", "do", "else", "elseif", "end", "false", "for", "function", "if", "in", "local", "nil", "not"),
    *("or", "repeat", "return", "then", "true", "until", "while"),
}
TOKEN = re.compile(
    r"""(?P<space>\s+|--\[(?P<c>=*)\[.*?\](?P=c)\]|--(?!\[=*\[)[^\n]*)
    |(?P<string>"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|\[(?P<s>=*)\[.*?\](?P=s)\])
    |(?P<number>0[xX][0-9a-fA-F]+|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)(?![\w.])
    |(?P<name>[A-Za-z_]\w*)
    |(?P<sign>\.\.\.|\.\.|::|==|~=|<=|>=|[-+*/%^\#<>=(){}\[\];:,.])""",
    re.DOTALL | re.VERBOSE | re.ASCII,
)
BINARY = ("and", "or", "<", ">", "<=", ">=", "~=", "==", "..", "+", "-", "*", "/", "%", "^")
ENDS = ("end", "else", "elseif", "until", "")


class Fault(Exception):
    """The text is no Lua; it says why, and `line` where."""

    def __init__(self, line: int, why: str) -> None:
        super().__init__(why)
        self.line = line


@dataclass(frozen=True)
class Statement:
    """One that does something by itself: a call, an assignment, a local with a value, a return, a break."""

    first: int
    last: int


@dataclass
class Chunk:
    """What a script says; every number is a line."""

    statements: list[Statement] = field(default_factory=list)
    globals: list[tuple[str, int]] = field(default_factory=list)
    """Each use of a name that is no local."""
    methods: list[tuple[str, int]] = field(default_factory=list)
    """The name behind each colon."""
    falls_off: int | None = None
    """The last line, where a path through the script ends without a return."""
    empty_returns: list[int] = field(default_factory=list)
    """Where the script, and not a function in it, returns nothing, nil or {}."""


@dataclass(frozen=True)
class _Token:
    kind: str
    text: str
    line: int


@cache  # Each environment has the same scripts, and several rules read them.
def parse(text: str) -> Chunk:
    """What a script says. Raises Fault."""
    parser = _Parser(list(_tokens(text)))
    return parser.chunk()


def _tokens(text: str) -> list[_Token]:
    found, position, line = [], 0, 1
    while position < len(text):
        match = TOKEN.match(text, position)
        if match is None:
            raise Fault(line, f"{text[position:].split(maxsplit=1)[0][:20]!r} is no Lua")
        kind = match.lastgroup if match.lastgroup not in ("c", "s") else "space" if match["space"] else "string"
        if kind != "space":
            word = match[0]
            found.append(_Token("keyword" if word in KEYWORDS and kind == "name" else str(kind), word, line))
        line += match[0].count("\n")
        position = match.end()
    return [*found, _Token("end of the script", "", line)]


class _Parser:
    """Recursive descent over Lua's grammar, in the order of the manual."""

    def __init__(self, tokens: list[_Token]) -> None:
        self.tokens = tokens
        self.position = 0
        self.found = Chunk()
        self.scopes: list[set[str]] = []
        self.depth = 0  # how many functions deep
        self.loops = [0]  # how many loops deep, for each of them
        self.dots = [True]  # whether each of them takes `...`

    # Tokens

    @property
    def token(self) -> _Token:
        return self.tokens[self.position]

    @property
    def last_line(self) -> int:
        """The line of the token before this one."""
        return self.tokens[max(self.position - 1, 0)].line

    def at(self, *texts: str) -> bool:
        return self.token.text in texts and self.token.kind != "string"

    def accept(self, text: str) -> bool:
        if self.at(text):
            self.position += 1
            return True
        return False

    def expect(self, text: str) -> None:
        if not self.accept(text):
            self.fail(f"{text} is expected")

    def fail(self, why: str) -> None:
        near = f"before {self.token.text!r}" if self.token.text else "at the end of the script"
        raise Fault(self.token.line, f"{why} {near}")

    def name(self) -> str:
        token = self.token
        if token.kind != "name":
            self.fail("a name is expected")
        self.position += 1
        return token.text

    def names(self) -> list[str]:
        names = [self.name()]
        while self.accept(","):
            names.append(self.name())
        return names

    # Statements

    def chunk(self) -> Chunk:
        returns = self.block()
        if self.token.text:
            self.fail("nothing may follow")
        if not returns:
            self.found.falls_off = self.last_line
        return self.found

    def block(self, *names: str) -> bool:
        """Reads a block in which `names` are locals; whether every path through it returns."""
        self.scopes.append(set(names))
        returns = False
        while not self.at(*ENDS) and self.token.kind != "end of the script":
            if self.at("return", "break"):
                returns = self.leave()
                self.accept(";")
                if not self.at(*ENDS):
                    self.fail("a return or break must be the last of its block, so end is expected")
                break
            returns = self.statement()
            self.accept(";")
        self.scopes.pop()
        return returns

    def leave(self) -> bool:
        first = self.token
        self.position += 1
        if first.text == "break":
            if not self.loops[-1]:
                raise Fault(first.line, "there is no loop to break")
        else:
            begin = self.position
            if not self.at(*ENDS, ";"):
                self.expressions()
            returned = [token.text for token in self.tokens[begin : self.position]]
            if self.depth == 0 and returned in ([], ["nil"], ["{", "}"]):
                self.found.empty_returns.append(first.line)
        self.found.statements.append(Statement(first.line, self.last_line))
        return first.text == "return"

    def statement(self) -> bool:
        """Reads a statement; whether every path through it returns."""
        for keyword in ("if", "while", "do", "for", "repeat", "function", "local"):
            if self.accept(keyword):
                return bool(getattr(self, f"_{keyword}")())
        if self.accept("::"):
            self.name()
            self.expect("::")
            return False
        if self.at("goto") and self.tokens[self.position + 1].kind == "name":
            self.position += 2
            self.found.statements.append(Statement(self.last_line, self.last_line))
            return False
        return self._expression_statement()

    def _if(self) -> bool:
        returns = True
        while True:
            self.expression()
            self.expect("then")
            returns = self.block() and returns
            if not self.accept("elseif"):
                break
        # What has no else can be walked past.
        returns = self.accept("else") and self.block() and returns
        self.expect("end")
        return returns

    def _while(self) -> bool:
        self.expression()
        self.expect("do")
        self.loop()
        self.expect("end")
        return False

    def loop(self, *names: str) -> bool:
        self.loops[-1] += 1
        returns = self.block(*names)
        self.loops[-1] -= 1
        return returns

    def _do(self) -> bool:
        returns = self.block()
        self.expect("end")
        return returns

    def _for(self) -> bool:
        names = self.names()
        if len(names) == 1 and self.accept("="):
            self.expression()
            self.expect(",")
            self.expression()
            if self.accept(","):
                self.expression()
        else:
            self.expect("in")
            self.expressions()
        self.expect("do")
        self.loop(*names)
        self.expect("end")
        return False

    def _repeat(self) -> bool:
        returns = self.loop()
        self.expect("until")
        self.expression()
        return returns

    def _function(self) -> bool:
        self.use(self.name(), self.last_line)
        method = False
        while not method and self.at(".", ":"):
            method = self.accept(":")
            if not method:
                self.expect(".")
            self.name()
        self.body("self") if method else self.body()
        return False

    def _local(self) -> bool:
        first = self.last_line
        if self.accept("function"):
            name = self.name()
            self.scopes[-1].add(name)
            self.body()
            return False
        names = self.names()
        if self.accept("="):
            self.expressions()
            self.found.statements.append(Statement(first, self.last_line))
        self.scopes[-1].update(names)
        return False

    def _expression_statement(self) -> bool:
        first = self.token
        found = self.suffixed()
        if self.at("=", ","):
            targets = [found]
            while self.accept(","):
                targets.append(self.suffixed())
            self.expect("=")
            if {*targets} != {"variable"}:
                raise Fault(first.line, "only a variable can be given a value")
            self.expressions()
        elif found != "call":
            self.fail("this does nothing: = or a call is expected")
        self.found.statements.append(Statement(first.line, self.last_line))
        return first.text == "error" and found == "call"

    # Expressions

    def expressions(self) -> None:
        self.expression()
        while self.accept(","):
            self.expression()

    def expression(self) -> None:
        """Precedence does not matter here, for nothing is computed."""
        while True:
            while self.at("not", "-", "#"):
                self.position += 1
            self.operand()
            if not self.at(*BINARY):
                return
            self.position += 1

    def operand(self) -> None:
        if self.token.kind in ("number", "string") or self.at("nil", "true", "false"):
            self.position += 1
        elif self.at("..."):
            if not self.dots[-1]:
                self.fail("this function takes no ...: something else is expected")
            self.position += 1
        elif self.accept("function"):
            self.body()
        elif self.at("{"):
            self.table()
        else:
            self.suffixed()

    def suffixed(self) -> str:
        """Reads a name or a term in parentheses with what follows it; what it is: a variable, a call or a value."""
        if self.accept("("):
            self.expression()
            self.expect(")")
            found = "value"
        else:
            self.use(self.name(), self.last_line)
            found = "variable"
        while True:
            if self.accept("."):
                self.name()
                found = "variable"
            elif self.accept("["):
                self.expression()
                self.expect("]")
                found = "variable"
            elif self.accept(":"):
                self.found.methods.append((self.name(), self.last_line))
                self.arguments()
                found = "call"
            elif self.at("(", "{") or self.token.kind == "string":
                self.arguments()
                found = "call"
            else:
                return found

    def arguments(self) -> None:
        if self.token.kind == "string":
            self.position += 1
        elif self.at("{"):
            self.table()
        else:
            if self.token.line != self.last_line:
                self.fail("arguments on the line of their function are expected")
            self.expect("(")
            if not self.at(")"):
                self.expressions()
            self.expect(")")

    def table(self) -> None:
        self.expect("{")
        while not self.at("}"):
            if self.accept("["):
                self.expression()
                self.expect("]")
                self.expect("=")
            elif self.token.kind == "name" and self.tokens[self.position + 1].text == "=":
                self.position += 2
            self.expression()
            if not (self.accept(",") or self.accept(";")):
                break
        self.expect("}")

    def body(self, *names: str) -> None:
        """Reads the parameters and the block of a function."""
        self.expect("(")
        parameters, dots = list(names), False
        while not self.at(")"):
            if self.accept("..."):
                dots = True
                break
            parameters.append(self.name())
            if not self.accept(","):
                break
            if self.at(")"):
                self.fail("a name is expected")
        self.expect(")")
        self.depth += 1
        self.loops.append(0)
        self.dots.append(dots)
        self.block(*parameters)
        self.dots.pop()
        self.loops.pop()
        self.depth -= 1
        self.expect("end")

    def use(self, name: str, line: int) -> None:
        if not any(name in scope for scope in self.scopes):
            self.found.globals.append((name, line))
