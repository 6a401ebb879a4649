#!/usr/bin/env python3
"""Writes the documents that the gateway serves while it is measured: documents.py FILE [options], see --help.

The tool that is called is `echo`. It has two rules on its argument and a limit; a document of 100 tools is the policy of the bars.
The grant that the client uses is the last of those in the document; its token is TOKEN.
"""
import argparse, hashlib, json

TOKEN = 'bench-token-0000000000000000'
p = argparse.ArgumentParser(description='Writes a document for the bench.')
p.add_argument('file')
p.add_argument('--url', help='the server, over streamable HTTP')
p.add_argument('--command', nargs='+', help='the server, as a program')
p.add_argument('--tools', type=int, default=100, help='how many tools have an entry, echo among them')
p.add_argument('--grants', type=int, default=1)
p.add_argument('--rules', type=int, default=1, help='how many rules each of the other tools has')
p.add_argument('--script', help='a predicate for echo, on top of its other rules: a file beside the document')
p.add_argument('--allow-all', action='store_true', help='a policy without rules')
a = p.parse_args()

if a.command:
    transport = {'stdio': {'command': a.command[0], 'args': a.command[1:], 'max_processes': 128}}
else:
    transport = {'streamable_http': {'url': a.url, 'max_streams': 65536}}

def sha256(text):
    return hashlib.sha256(text.encode()).hexdigest()

def other(i):
    rules = [{'conditions': [{'path': 'args.text', 'op': 'regex', 'value': f'forbidden-{i}-{j}'}], 'on_deny': 'No.'}
             for j in range(1, a.rules)]
    entry = {'limits': [{'max': 1000, 'window': 'minute', 'scope': 'grant'}]}
    if rules:
        entry['deny_if'] = rules
    return entry

if a.allow_all:
    policy = {'default': 'allow'}
else:
    echo = {
        'require': [{'conditions': [{'path': 'args.text', 'op': 'exists', 'value': True}], 'on_deny': 'Say something.'}],
        'deny_if': [{'conditions': [{'path': 'args.text', 'op': 'regex', 'value': 'rm -rf'}], 'on_deny': 'No.'}],
        'limits': [{'max': 100_000_000, 'window': 'hour', 'scope': 'grant'}],
    }
    if a.script:
        echo['script'] = {'file': a.script}
    tools = {f'tool_{i:05}': other(i) for i in range(a.tools - 1)}
    tools['echo'] = echo
    policy = {'default': 'deny', 'tools': tools}

grants = {f'grant-{i:05}': {'token': {'sha256': sha256(f'{TOKEN}-{i}')}, 'servers': {'default': 'bench'}} for i in range(a.grants - 1)}
grants['client'] = {'token': {'sha256': sha256(TOKEN)}, 'servers': {'default': 'bench'}}

document = {
    'version': '2',
    'servers': {'default': {'transport': transport}},
    'policies': {'bench': policy},
    'grants': grants,
    # A soak writes some gigabytes of decision records; two closed files stay.
    'records': {'rotate': {'size': '100MB', 'keep': 2}},
}
with open(a.file, 'w') as f:
    json.dump(document, f, indent=1)
