"""Is federation as it should be? Changes nothing; exits with 1 and the differences."""
import sys

from organization import Organization


def differences(organization):
    w = organization.wanted
    seen, records, ports = organization.look_everywhere()
    store, edge = seen[w["management"]], seen[organization.pool["machine"]]
    target, address = "EdgeServer:" + w["edge_pool"], organization.pool["address"]
    checks = {
        "federation is allowed": store["Federated"],
        "5061 flag": [f["Pool"] for f in store["Flags"] if f["Sip"]] == [w["edge_pool"]],
        "5269 flag": [f["Pool"] for f in store["Flags"] if f["Xmpp"]] == [w["edge_pool"]],
        "SIP route": all(r["Sip"] == target for r in store["Routes"]),
        "XMPP route": all(r["Xmpp"] == target for r in store["Routes"]),
        "Front End association": all(i["Edge"] == target for i in store["Links"] if i["Pool"] == w["front_end"]),
        "replication": all(r["UpToDate"] for r in store["Replicas"]),
        "local replica": edge["Signature"] == store["Signature"],
        "services": edge["Stopped"] == [],
        "listeners": all("%s:%d" % (address, p) in edge["Listening"] for p in (5061, 5269)),
        "ports": all(ports.values()),
        "A record": organization.matches(r"^%s\.\s.*\sA\s+%s$" % (w["dns_name"], address), records),
        "SIP record": organization.matches(
            r"^_sipfederationtls\._tcp\.%s\.\s.*\sSRV\s.* 5061 %s\.$" % (w["dns_domain"], w["dns_name"]), records),
        "XMPP record": organization.matches(
            r"^_xmpp-server\._tcp\.%s\.\s.*\sSRV\s.* 5269 %s\.$" % (w["dns_domain"], w["dns_name"]), records),
        "no other record": len(records.strip().splitlines()) == 3,
    }
    return [name for name, right in checks.items() if not right]


if __name__ == "__main__":
    wrong = differences(Organization(*sys.argv[1:]))
    print("\n".join(wrong) or "as wanted")
    sys.exit(1 if wrong else 0)
