from __future__ import annotations

import pytest

from quarterdeck.kernel.markdown import Kind, Mentions, mentions, plain, references, render

REL = 'rel="noopener noreferrer nofollow"'


def resolver(kind: Kind, key: str) -> str | None:
    return {("user", "12"): "/people/12", ("email", "jo@example.org"): "/people/7", ("code", "PRJ-0042"): "/p/42"}.get(
        (kind, key)
    )


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("Late *again*", "<p>Late <em>again</em></p>"),
        ("one\ntwo", "<p>one<br>\ntwo</p>"),
        ("~~gone~~", "<p><s>gone</s></p>"),
        ("# Head", "<h3>Head</h3>"),
        ("##### Deep", "<h6>Deep</h6>"),
        ("<script>alert(1)</script>", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>"),
        ("[x](javascript:alert(1))", "<p>[x](javascript:alert(1))</p>"),
        ("[x](https://e.org)", f'<p><a href="https://e.org" {REL}>x</a></p>'),
        ("see https://e.org/a?b=1.", f'<p>see <a href="https://e.org/a?b=1" {REL}>https://e.org/a?b=1</a>.</p>'),
    ],
)
def test_safe_html(text: str, html: str) -> None:
    assert render(text).strip() == html


def test_images_become_links() -> None:
    assert "<img" not in render("![x](https://e.org/a.png)")


def test_tables_align_by_class_not_style() -> None:
    html = render("|a|b|c|\n|-|-:|:-:|\n|1|2|3|")
    assert "<td>1</td>" in html
    assert '<td class="end">2</td>' in html
    assert '<td class="centre">3</td>' in html
    assert "style" not in html


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("Ask @[Jane Doe](user:12).", f'<p>Ask <a class="mention" href="/people/12" {REL}>@Jane Doe</a>.</p>'),
        ("Ask @[Sam](user:99).", '<p>Ask <span class="mention">@Sam</span>.</p>'),
        ("@jo@example.org knows", f'<p><a class="mention" href="/people/7" {REL}>@jo@example.org</a> knows</p>'),
        ("see PRJ-0042, PRJ-0043", f'<p>see <a href="/p/42" class="code" {REL}>PRJ-0042</a>, PRJ-0043</p>'),
        ("`PRJ-0042`", "<p><code>PRJ-0042</code></p>"),
        ("[PRJ-0042](https://e.org)", f'<p><a href="https://e.org" {REL}>PRJ-0042</a></p>'),
        ("XPRJ-0042-A", "<p>XPRJ-0042-A</p>"),
    ],
)
def test_mentions_and_codes(text: str, html: str) -> None:
    assert render(text, resolver).strip() == html


def test_whom_a_text_mentions() -> None:
    text = "@[A](user:12) @Jo@Example.org mail me@there.org\n\n`@[B](user:13)`\n\n    @[C](user:14)"
    assert mentions(text) == Mentions(frozenset({12}), frozenset({"jo@example.org"}))
    assert mentions("hello @Jo.Ann@Example.org.") == Mentions(frozenset(), frozenset({"jo.ann@example.org"}))


def test_references_are_all_that_a_resolver_is_asked_for() -> None:
    assert references("@[A](user:12) PRJ-0042 @b@c.de") == {("user", "12"), ("code", "PRJ-0042"), ("email", "b@c.de")}


def test_plain_words() -> None:
    assert plain("# Head\n\nSome **bold** [link](https://e.org)\nnext\n\n    code") == "Head Some bold link next code"
