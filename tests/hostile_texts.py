"""Texts that are an attack on whoever shows them as anything but text."""

from __future__ import annotations


def hostile() -> list[str]:
    """200 texts and more that would run, load or break something where they are not text."""
    run = "window.hit=1"
    payloads = [
        f"<script>{run}</script>", f"<img src=x onerror={run}>", f"<svg onload={run}>", f"<svg/onload='{run}'>",
        f"<body onload={run}>", f"<iframe srcdoc='<script>parent.{run}</script>'>", f"<details open ontoggle={run}>",
        f"<input autofocus onfocus={run}>", f"<a href=javascript:{run}>x</a>",
        f"<math><mi xlink:href=javascript:{run}>",
        f"<style>@import 'http://evil.example/'</style><script>{run}</script>",
        "<link rel=stylesheet href=//evil.example>",
        "<base href=//evil.example>", "<meta http-equiv=refresh content=0;url=//evil.example>", f"javascript:{run}",
        f"data:text/html,<script>{run}</script>", "<form action=//evil.example><button>",
        "<object data=//evil.example>",
        f"<template><script>{run}</script></template>", "<img src=//evil.example/x.png>", f"{{{{ {run} }}}}",
        "{% raw %}",
        "{{ 7*7 }}{{ config }}", "\u202eevil\u202c", "\x1b[31m\x07", "]]>", "&lt;script&gt;", "\ud800", "x" * 3_000,
        "a\u2028b", "ﷺ" * 300, "<marquee onstart=1>", "<noscript><p title='</noscript><img src=x onerror=1>'>",
    ]  # fmt: skip
    before = ["", '">', "'>", "</title>", "</textarea>", "</del></p></div>", "-->"]
    return [start + payload for start in before for payload in payloads]
