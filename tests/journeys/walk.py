"""A person at a keyboard: moves by Tab, arrows, Space and Enter alone, and looks at every page on the way."""

import json
import re
from pathlib import Path

from django.conf import settings

ROOT = Path(__file__).resolve().parents[2]
AXE = ROOT / "static" / "build" / "axe.js"
PICTURES = ROOT / ".artifacts" / "journeys"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
MOST_TABS = 250
SIZES = {
    "phone": {"width": 390, "height": 844},
    "tablet": {"width": 820, "height": 1180},
    "desktop": {"width": 1280, "height": 900},
}

# What a screen reader would call the focused element: its label, its own name, or its text.
FOCUSED = """() => {
  const element = document.activeElement;
  if (!element || element === document.body) return null;
  const label = element.labels && element.labels.length ? element.labels[0].innerText : '';
  const own = element.getAttribute('aria-label') || '';
  const text = element.tagName === 'INPUT' && ['submit', 'button'].includes(element.type) ? element.value : '';
  const legend = element.closest('fieldset')?.querySelector('legend')?.innerText || '';
  const inner = ['INPUT', 'SELECT', 'TEXTAREA'].includes(element.tagName) ? '' : element.innerText;
  return {name: (own || label || text || inner || '').trim().replace(/\\s+/g, ' '), tag: element.tagName.toLowerCase(),
          type: element.type || '', group: element.name || '', legend: legend.trim().replace(/\\s+/g, ' '),
          checked: !!element.checked};
}"""


# All that axe looks at but words and numbers: elements with their attributes, and whether there are words.
SHAPE = """() => {
  const own = /^(value|content|nonce|data-|src|action|href|datetime)/;
  const parts = [];
  for (const element of document.documentElement.querySelectorAll('*')) {
    const attributes = [...element.attributes].filter(({name}) => !own.test(name));
    const said = attributes.map(({name, value}) => name + value.replace(/\\d+/g, '#')).sort();
    const words = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
    parts.push(element.tagName, said.join(), words, element.childElementCount);
  }
  return parts.join(' ');
}"""

#: Shapes of pages that axe found nothing in, by size: most journeys come by the same ones.
_looked_at: set[tuple[str, str]] = set()


class Walk:
    """One browser page, driven by keyboard. `then_*` methods check; each page landed on is looked at with axe."""

    def __init__(self, page, address, looks_at, folder=None):
        self.page, self.address, self.looks_at, self.folder = page, address, looks_at, folder
        self.complaints, self.pictures = [], 0
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _hear(self, message):
        # A page that answers 403, 404 or 410 on purpose is also reported here; the page itself is what is checked.
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.complaints.append(message.text)

    # Getting about

    def open(self, path):
        self.page.goto(self.address + path)
        self._look()

    def sign_in(self, client, person):
        """Bring a session along instead of typing; signing in by keyboard has a journey of its own."""
        client.force_login(person)
        cookie = client.cookies[settings.SESSION_COOKIE_NAME]
        self.page.context.clear_cookies()
        self.page.context.add_cookies(
            [{"name": settings.SESSION_COOKIE_NAME, "value": cookie.value, "url": self.address}]
        )

    def follow(self, name):
        """Press Enter on the link or button called `name` and wait for the page it leads to."""
        self.tab_to(name)
        with self.page.expect_navigation(wait_until="load"):
            self.page.keyboard.press("Enter")
        self._look()

    def press(self, key):
        """Press a key that leads to another page, and look at that."""
        with self.page.expect_navigation(wait_until="load"):
            self.page.keyboard.press(key)
        self._look()

    def tab_to(self, name, *, types=None):
        """Tab until what has the focus is called `name` (text, or a compiled pattern)."""
        seen = []
        for _step in range(MOST_TABS):
            self.page.keyboard.press("Tab")
            focused = self.page.evaluate(FOCUSED)
            if focused and _called(focused["name"], name) and (types is None or focused["type"] in types):
                return focused
            seen.append(focused and focused["name"])
        raise AssertionError(f"Tab never reached {name!r} on {self.page.url}. It went through: {seen[:60]}")

    # Filling in

    def fill(self, label, text):
        self.tab_to(label)
        self.page.keyboard.press("Control+A")
        self.page.keyboard.insert_text(text)

    def fill_date(self, legend, day):
        """Type a date into its three boxes."""
        for part, value in (("Day", day.day), ("Month", day.month), ("Year", day.year)):
            for _step in range(MOST_TABS):
                self.page.keyboard.press("Tab")
                focused = self.page.evaluate(FOCUSED)
                if focused and focused["name"].endswith(part) and _called(focused["legend"], legend):
                    break
            else:
                raise AssertionError(f"Tab never reached {part} of {legend!r} on {self.page.url}")
            self.page.keyboard.press("Control+A")
            self.page.keyboard.insert_text(str(value))

    def choose(self, legend, label):
        """Choose the radio `label` in the group `legend`, with the arrow keys."""
        for _step in range(MOST_TABS):
            self.page.keyboard.press("Tab")
            focused = self.page.evaluate(FOCUSED)
            if focused and focused["type"] == "radio" and _called(focused["legend"], legend):
                break
        else:
            raise AssertionError(f"Tab never reached the choices of {legend!r} on {self.page.url}")
        for _step in range(30):
            if _called(focused["name"], label):
                if not focused["checked"]:
                    self.page.keyboard.press("Space")
                return
            self.page.keyboard.press("ArrowDown")
            focused = self.page.evaluate(FOCUSED)
        raise AssertionError(f"No choice {label!r} under {legend!r} on {self.page.url}")

    def tick(self, label):
        if not self.tab_to(label, types={"checkbox"})["checked"]:
            self.page.keyboard.press("Space")

    def select(self, label, option):
        """Choose in a drop-down by typing the option's first letters."""
        self.tab_to(label)
        self.page.keyboard.type(option, delay=5)

    # Checking

    def then_reads(self, *texts):
        """All of them; what a script writes a moment later is waited for, as a person would."""
        for _try in range(50):
            body = " ".join(self.page.inner_text("body").split())
            missing = [text for text in texts if text not in body]
            if not missing:
                return
            self.page.wait_for_timeout(100)
        raise AssertionError(f"{missing} not on {self.page.url}: {body[:1500]}")

    def then_does_not_read(self, *texts):
        body = " ".join(self.page.inner_text("body").split())
        for text in texts:
            assert text not in body, f"{text!r} is on {self.page.url}"

    def then_heading_is(self, text):
        assert self.page.inner_text("h1").strip().endswith(text)

    def then_nothing_went_wrong(self):
        """No script failed and nothing broke the content security policy on any page of the journey."""
        assert self.complaints == []

    def _look(self):
        """Check with axe, that nothing hangs over the side, and that there is one first heading; take a picture."""
        self.pictures += 1
        assert self.page.locator("h1").count() == 1, f"{self.page.url} needs one first heading"
        for size in self.looks_at:
            if len(self.looks_at) > 1:
                self.page.set_viewport_size(SIZES[size])
            path = re.sub(r"\W+", "-", self.page.url.removeprefix(self.address).partition("?")[0]).strip("-")
            self.take_picture(f"{self.pictures:02}-{size}-{path[:60] or 'home'}")
            self._check(size)

    def take_picture(self, name):
        """Only for `make journeys`: after `make test` nobody looks at them, and they take a sixth of the time."""
        if self.folder:
            self.keep(f"{name}.png", self.page.screenshot(full_page=True))

    def keep(self, name, octets):
        """Something to look at after the journey, if anyone will."""
        if self.folder:
            self.folder.mkdir(parents=True, exist_ok=True)
            (self.folder / name).write_bytes(octets)

    def _check(self, size):
        width = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert width <= 0, f"{self.page.url} is {width} px too wide at {size}"
        shape = size, self.page.evaluate(SHAPE)
        if shape in _looked_at:
            return
        if not self.page.evaluate("'axe' in window"):
            self.page.evaluate(AXE.read_text())
        # Only what is wrong comes back: going through all that is right takes most of the time.
        options = json.dumps({"runOnly": RULES, "resultTypes": ["violations"]})
        found = self.page.evaluate(f"axe.run(document, {options}).then((found) => found.violations)")
        assert not found, f"{self.page.url} at {size}: " + "; ".join(
            f"{violation['id']}: {violation['nodes'][0]['html'][:300]}" for violation in found
        )
        _looked_at.add(shape)


def _called(name, wanted):
    return bool(wanted.search(name)) if isinstance(wanted, re.Pattern) else name == wanted
