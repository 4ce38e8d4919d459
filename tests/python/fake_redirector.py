# SPDX-License-Identifier: MIT
"""A helper that redirects nothing, for the tests: `fake_redirector.py HOW`. HOW says what is wrong."""

import json
import subprocess
import sys
import time

LONG = 262144


def hello(how):
    answer = {"ok": True, "protocol": 1, "name": "fake", "version": "1", "capabilities": ["states", "ipv6"]}
    if how == "no-capabilities":
        answer["capabilities"] = []
    if how == "wrong-version":
        answer["protocol"] = 2
    if how == "unknown-capability":
        answer["capabilities"] = ["everything"]
    if how == "nameless":
        answer["name"] = ""
    if how == "terminal":
        answer["name"] = "\x1b[31mred\u202e"
    return answer


def obey(how, request, redirects):
    verb = request["do"]
    if verb == "hello":
        return hello(how)
    if verb == "redirect":
        assert bytes.fromhex(request["context"]) is not None and request["listener"]
        redirects.add(request["id"])
        return {"ok": True}
    if verb == "states":
        return {"ok": True, "states": {} if how == "no-state" else
                {handle: "NOT_REDIRECTED" for handle in request["handles"]}}
    if verb == "release":
        if request["redirect"] not in redirects:
            return {"ok": how == "lenient", "error": "no such redirect"}
        redirects.remove(request["redirect"])
        return {"ok": True}
    return {"ok": verb == "bye", "error": "what is that?"}


def spoil(how, verb, line):
    """What a bad helper does in place of its answer, at its first redirect."""
    if how == "silent" or (how == "silent-later" and verb == "redirect"):
        time.sleep(60)
    if how == "silent-child" and verb == "redirect":
        subprocess.Popen(["sleep", "60"])
        sys.exit(7)
    if verb != "redirect":
        return line
    if how == "dies":
        print("cannot open the device", end="", flush=True)
        sys.exit(5)
    if how == "exit":
        sys.exit(9)
    wrong_id = json.dumps({**json.loads(line), "id": 77})
    return {"garbage": "\x1b[2J not JSON \x00", "list": "[]", "number": "7", "wrong-id": wrong_id,
            "no-id": '{"ok":true}', "no-ok": wrong_id.replace('"id": 77', '"id": 2').replace(
                '"ok"', '"of"'),
            "no-error": '{"id":2,"ok":false}', "twice": line + "\n" + line,
            "huge": "x" * (LONG + 100), "huge-answer": line[:-1] + ',"more":"' + "y" * LONG + '"}',
            "endless": "z" * (8 * LONG), "deep": "[" * 100000, "empty": "",
            "duplicate": line[:-1] + ',"id":2}'}.get(how, line)


def main(how):
    redirects = set()
    for text in sys.stdin:
        request = json.loads(text)
        answer = {"id": request["id"], **obey(how, request, redirects)}
        print(spoil(how, request["do"], json.dumps(answer)), flush=True)
        if request["do"] == "bye":
            return 3 if how == "bad-code" else 0
    if how == "lingers":
        time.sleep(60)
    return 4 if how == "bad-end" else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
