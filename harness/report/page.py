# SPDX-License-Identifier: GPL-2.0
"""What the HTML pages share: their texts made safe and short, and one self-contained file made of a template."""
import base64
import hashlib
import os
import re
from urllib.parse import quote

from results import FAILING, seen, split_id, visible

HERE = os.path.dirname(os.path.abspath(__file__))
TEMPLATES = os.path.join(HERE, "templates")
LINUX = os.path.join(HERE, "..", "..", "expected", "linux")

# A target can print without end; a report must open all the same. The whole is in results.json and results.ktap.
TEXT_MAX = 2000		# characters of one text
LINES_MAX = 200		# diagnostic lines of one test


def shown(value):
    """The same data with each text visible() and no longer than TEXT_MAX."""
    if isinstance(value, str):
        rest = len(value) - TEXT_MAX
        return visible(value) if rest <= 0 else visible(value[:TEXT_MAX]) + f" … ({rest} more characters)"
    if isinstance(value, list):
        return [shown(item) for item in value]
    if isinstance(value, dict):
        return {shown(key): shown(item) for key, item in value.items()}
    return value


def middle_out(lines):
    """At most LINES_MAX lines and one that counts what was left out: how it began and how it ended matter most."""
    half = LINES_MAX // 2
    if len(lines) <= LINES_MAX:
        return lines
    return lines[:half] + [f"… {len(lines) - 2 * half} lines left out …"] + lines[-half:]


def view_of_test(test):
    """What both reports say of a test, safe to show."""
    case, name = split_id(test["id"])
    view = shown({"baseline": "", **{key: value for key, value in test.items() if key != "diagnostics"}})
    sentences = {rule["id"]: rule for rule in view.get("rules", [])}
    view["rules"] = [sentences.pop(clause, {"id": clause, "sentence": "", "source": ""}) for clause in view["clauses"]]
    view["rules"] += sentences.values()
    view["outcome"] = shown(seen(test))
    view["reason"] = shown(test.get("reason", "").replace("\n", " "))
    view["diagnostics"] = shown(middle_out(test.get("diagnostics", [])))
    view["case"], view["name"] = shown(case), shown(name)
    view["fails"] = view["verdict"] in FAILING
    return view


def by_case(tests):
    """[(case, its tests)], the cases by name, the tests in the order of the file."""
    cases = {}
    for test in tests:
        cases.setdefault(test["case"], []).append(test)
    return sorted(cases.items())


KERNEL_FILE = re.compile(r"([a-z][a-z0-9_/.-]*/[A-Za-z0-9_.-]+\.[chS])(:.*| .*)?")
KERNEL_TREE = "https://git.kernel.org/pub/scm/linux/kernel/git/torvalds/linux.git/tree/"


def kernel_file(source):
    """The address of the file of Linux that a clause's source names, in the newest release known here; "" where it names none."""
    found = KERNEL_FILE.fullmatch(source)
    if not found or ".." in source:
        return ""
    with open(os.path.join(LINUX, "release"), encoding="utf-8") as file:
        return f"{KERNEL_TREE}{quote(found[1])}?h=v{quote(file.read().strip())}"


def page_of(template, styles, **context):
    """The page as bytes: the template with these style sheets and filter.js in it, which alone its policy allows.

    Raises ModuleNotFoundError without Jinja2.
    """
    import jinja2
    from markupsafe import Markup, escape

    def breakable(text):
        """An id or a path that may break after '/', '.' and '_', and is still found and copied as one word."""
        result = str(escape(text))
        for char in "/._":
            result = result.replace(char, char + "<wbr>")
        return Markup(result)

    def own(name):
        with open(os.path.join(TEMPLATES, name), encoding="utf-8") as file:
            return Markup(file.read())

    def digest(text):
        return "'sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() + "'"

    environment = jinja2.Environment(loader=jinja2.FileSystemLoader(TEMPLATES), autoescape=True, trim_blocks=True,
                                     lstrip_blocks=True, undefined=jinja2.StrictUndefined)
    environment.filters.update(breakable=breakable, fragment=lambda text: quote(text, safe="/"), kernel_file=kernel_file)
    style, script = Markup("").join(map(own, styles)), own("filter.js")
    return environment.get_template(template).render(
        style=style, script=script, style_digest=digest(style), script_digest=digest(script), **context).encode("utf-8")


def write_whole(path, content):
    """Writes the file, or leaves it as it was; raises OSError."""
    scratch = os.path.join(os.path.dirname(path), f".{os.path.basename(path)}.{os.getpid()}")
    try:
        with open(scratch, "xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(scratch, path)
    except BaseException:
        if os.path.exists(scratch):
            os.unlink(scratch)
        raise
