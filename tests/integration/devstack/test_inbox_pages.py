"""The inbox's pages show any mail, and a hostile one harms nobody."""

import asyncio
import smtplib

import httpx
import pytest
from playwright.async_api import Browser
from tests.integration.devstack.mails import activation, send

from devstack.inbox import InboxClient
from devstack.mailbox import Mailbox

HOSTILE = (
    b'From: "<script>alert(1)</script>" <evil@example.org>\r\n'
    b"Subject: =?utf-8?q?=3Cimg_src=3Dx_onerror=3Dalert(1)=3E?=\r\n"
    b"X-Dzwonek-Kind: <b>kind</b>\r\n"
    b'Content-Type: multipart/mixed; boundary="m"\r\n\r\n'
    b"--m\r\nContent-Type: text/plain\r\n\r\nhttps://x.example/\"onmouseover='alert(1)' <script>alert(1)</script>\r\n"
    b"--m\r\nContent-Type: text/html\r\n\r\n<html><head></head><body>"
    b'<script>document.body.id = 1</script><img src="https://tracker.example/bell.svg" onerror="document.body.id=1">'
    b'<link rel="stylesheet" href="https://tracker.example/inbox.css"><p>seen</p></body></html>\r\n'
    b'--m\r\nContent-Type: text/html\r\nContent-Disposition: attachment; filename="<script>.html"\r\n\r\n'
    b"<script>alert(1)</script>\r\n--m--\r\n"
)
STRANGE = [
    b"",
    b"\r\n\r\n",
    b"no header at all, and \xff\xfe\r\n",
    b"Subject: \xc5\xbc\xff =?x-nonsense?b?//8=?= =?utf-8?q?\r\n\r\n\xff",
    b"Content-Type: text/plain; charset=\xff\xfe\r\n\r\nbody \x80\r\n",
    b"Content-Type: text/html; charset=utf-7\r\n\r\n+ADw-script+AD4-alert(1)\r\n",
    b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: multipart/mixed\r\n\r\n--b\r\n",
    b"To: " + b"a@example.org,\r\n " * 2000 + b"\r\n\r\n",
    b"Subject: nul \x00 and \x1b[31m\r\n\r\n\x00\r\n",
]
TABS = ("", "/html", "/text", "/headers", "/raw", "/body", "/mail.eml")


def deliver(inbox_server: Mailbox, raw: bytes) -> None:
    with smtplib.SMTP("127.0.0.1", inbox_server.smtp_port) as client:
        client.sendmail("a@example.org", ["b@example.org"], raw)


async def test_the_list_and_the_tabs_show_a_mail(
    inbox_server: Mailbox, inbox: InboxClient, inbox_http: httpx.AsyncClient
) -> None:
    await send(inbox_server, activation())
    mail = await inbox.wait_for("anna@example.org")
    listed = (await inbox_http.get("/")).text
    for shown in ("Aktywuj konto – żółw", "anna@example.org", "activation", f'href="/mails/{mail.id}"'):
        assert shown in listed
    assert f'src="/mails/{mail.id}/body"' in (await inbox_http.get(f"/mails/{mail.id}")).text
    text = (await inbox_http.get(f"/mails/{mail.id}/text")).text
    assert '<a href="https://dzwonek.example/activate/t1" target="_blank" rel="noreferrer">' in text
    assert "X-Dzwonek-Kind" in (await inbox_http.get(f"/mails/{mail.id}/headers")).text
    assert "Content-Transfer-Encoding" in (await inbox_http.get(f"/mails/{mail.id}/raw")).text


async def test_the_list_shows_one_persons_mails_and_goes_back_page_by_page(
    inbox_server: Mailbox, inbox: InboxClient, inbox_http: httpx.AsyncClient
) -> None:
    for number in range(60):
        deliver(inbox_server, b"Subject: nr %d.\r\n\r\n" % number)
    await send(inbox_server, activation())
    assert "nr 59." not in (await inbox_http.get("/?to=anna@example.org")).text
    newest = (await inbox_http.get("/?to=b@example.org")).text
    assert "nr 59." in newest
    assert "nr 9." not in newest
    oldest = (
        await inbox_http.get("/", params={"to": "b@example.org", "before": (await inbox.mails(limit=51))[-1].id})
    ).text
    assert "nr 9." in oldest
    assert "nr 59." not in oldest
    assert (await inbox_http.get("/?before=nonsense")).status_code == 200


async def test_a_hostile_mail_is_text_on_our_pages(
    inbox_server: Mailbox, inbox: InboxClient, inbox_http: httpx.AsyncClient
) -> None:
    deliver(inbox_server, HOSTILE)
    mail = await inbox.wait_for("b@example.org")
    for path in ("/", *(f"/mails/{mail.id}{tab}" for tab in ("", "/text", "/headers", "/raw"))):
        page = await inbox_http.get(path)
        for harm in ("<script", "<img src=x", "<b>kind", 'example/"onmouseover'):
            assert harm not in page.text
        assert "default-src 'none'" in page.headers["content-security-policy"]
    body = await inbox_http.get(f"/mails/{mail.id}/body")
    policy = body.headers["content-security-policy"]
    assert "sandbox allow-popups" in policy
    assert "allow-scripts" not in policy
    assert "allow-same-origin" not in policy
    assert "img-src data:" in policy


async def test_an_attachment_is_only_ever_downloaded(
    inbox_server: Mailbox, inbox: InboxClient, inbox_http: httpx.AsyncClient
) -> None:
    deliver(inbox_server, HOSTILE)
    mail = await inbox.wait_for("b@example.org")
    attachment = await inbox_http.get(f"/mails/{mail.id}/attachments/0")
    assert attachment.content == b"<script>alert(1)</script>"
    assert attachment.headers["content-type"] == "application/octet-stream"
    assert attachment.headers["content-disposition"].startswith("attachment;")
    assert (await inbox_http.get(f"/mails/{mail.id}/attachments/1")).status_code == 404


@pytest.mark.parametrize("raw", STRANGE)
async def test_a_strange_mail_is_shown_on_every_page(
    inbox_server: Mailbox, inbox: InboxClient, inbox_http: httpx.AsyncClient, raw: bytes
) -> None:
    deliver(inbox_server, raw)
    mail = await inbox.wait_for("b@example.org")
    assert (await inbox_http.get("/")).status_code == 200
    for tab in TABS:
        status = (await inbox_http.get(f"/mails/{mail.id}{tab}")).status_code
        assert status == 200 or (tab in {"/html", "/body"} and mail.html is None and status == 404)
    assert any(entry.message_id is None for entry in await inbox.ledger())


async def test_what_is_not_there_is_said_on_a_page(inbox: InboxClient, inbox_http: httpx.AsyncClient) -> None:
    assert "No mail yet" in (await inbox_http.get("/")).text
    for path in ("/mails/1", "/mails/99999999999999999999", "/nothing", "/static/../app.py"):
        missing = await inbox_http.get(path)
        assert missing.status_code == 404
        assert "Not Found" in missing.text


@pytest.mark.browser
async def test_in_a_browser_no_script_of_a_mail_runs_and_nothing_is_loaded_for_it(
    inbox_server: Mailbox, inbox: InboxClient, browser: Browser
) -> None:
    elsewhere = f"http://localhost:{inbox_server.http_port}"
    deliver(inbox_server, HOSTILE.replace(b"https://tracker.example/", f"{elsewhere}/static/".encode()))
    mail = await inbox.wait_for("b@example.org")
    page = await browser.new_page()
    loaded: list[str] = []
    page.on("response", lambda response: loaded.append(response.url))
    await page.goto(f"{inbox_server.url}/mails/{mail.id}")
    frame = page.frame_locator("iframe")
    assert await frame.locator("p").text_content() == "seen"
    assert await frame.locator("body").get_attribute("id") is None
    assert [url for url in loaded if not url.startswith(inbox_server.url)] == []


@pytest.mark.browser
async def test_in_a_browser_a_link_of_a_mail_opens_in_a_new_tab_that_is_no_prisoner(
    inbox_server: Mailbox, inbox: InboxClient, browser: Browser
) -> None:
    mail = activation()
    mail.clear_content()
    mail.set_content(f'<a href="{inbox_server.url}/?to=anna@example.org">Aktywuj</a>', subtype="html")
    await send(inbox_server, mail)
    kept = await inbox.wait_for("anna@example.org")
    page = await browser.new_page()
    await page.goto(f"{inbox_server.url}/mails/{kept.id}")
    link = page.frame_locator("iframe").get_by_role("link", name="Aktywuj")
    opened, _ = await asyncio.gather(page.wait_for_event("popup"), link.click())
    await opened.wait_for_load_state()
    assert await opened.evaluate("document.querySelector('h1').textContent") == "Mails to anna@example.org"
    assert await opened.evaluate("window.origin") == inbox_server.url
    assert await opened.evaluate("document.referrer") == ""


@pytest.mark.browser
@pytest.mark.parametrize("width", [320, 390, 1280])
async def test_in_a_browser_nothing_is_wider_than_the_screen(
    inbox_server: Mailbox, inbox: InboxClient, browser: Browser, width: int
) -> None:
    deliver(inbox_server, b"Subject: " + b"x" * 900 + b"\r\nTo: " + b"y" * 900 + b"\r\n\r\n" + b"z" * 900 + b"\r\n")
    mail = await inbox.wait_for("b@example.org")
    page = await browser.new_page(viewport={"width": width, "height": 800})
    for path in ("/", *(f"/mails/{mail.id}{tab}" for tab in ("", "/headers", "/raw"))):
        await page.goto(inbox_server.url + path)
        assert await page.evaluate("document.documentElement.scrollWidth") <= width
