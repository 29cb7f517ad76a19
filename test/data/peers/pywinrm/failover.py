"""Moves federation to another Edge pool, in the order of Microsoft's procedures."""
import subprocess
import sys
import time

from organization import Machine, Organization


def move_records(w, address):
    lines = [
        "server %s %s" % (w["dns_host"], w["dns_port"]),
        "zone " + w["dns_domain"],
        "update delete %s A" % w["dns_name"],
        "update add %s %d A %s" % (w["dns_name"], w["dns_ttl"], address),
        "send",
    ]
    subprocess.run(["nsupdate", "-v", "-k", w["dns_key_file"]], input="\n".join(lines) + "\n", text=True, check=True)


def await_ports(organization):
    for _ in range(60):
        if all(organization.port_answers(port) for port in (5061, 5269)):
            return
        time.sleep(organization.wanted["poll_ms"] / 1000)
    sys.exit("the ports do not answer")


def fail_over(organization):
    w, pool = organization.wanted, organization.pool
    management = Machine(organization.hosts[w["management"]])
    moved = management.run("move.ps1", From=w["from"], To=w["edge_pool"], Site=w["site"])
    management.run("replication.ps1", Machine=pool["machine"], Changed=moved, Every=w["poll_ms"])
    edge = Machine(organization.hosts[pool["machine"]])
    edge.run("setup.ps1")
    edge.close()
    await_ports(organization)
    move_records(w, pool["address"])
    management.run("associate.ps1", FrontEnd=w["front_end"], To=w["edge_pool"])
    management.close()


if __name__ == "__main__":
    fail_over(Organization(*sys.argv[1:]))
