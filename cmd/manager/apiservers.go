package main

import (
	"log/slog"
	"net"
	"net/netip"
	"net/url"
	"strings"

	"github.com/fedroute/fedroute/internal/reach"
)

// apiServers gives the addresses of the API server as host:port: the one that the manager
// uses, and the one that the kubelet names. No object can make the manager connect to them.
func apiServers(host string, environment func(string) string) []string {
	var out []string
	if !strings.Contains(host, "://") {
		host = "https://" + host // as client-go completes it
	}
	if at, err := url.Parse(host); err == nil && at.Hostname() != "" {
		port := at.Port()
		if port == "" {
			port = map[string]string{"http": "80"}[at.Scheme]
		}
		if port == "" {
			port = "443"
		}
		out = append(out, net.JoinHostPort(at.Hostname(), port))
	}
	if of := environment("KUBERNETES_SERVICE_HOST"); of != "" {
		out = append(out, net.JoinHostPort(of, environment("KUBERNETES_SERVICE_PORT")))
	}
	return out
}

// warnOfCluster tells those who run the manager in a cluster which of its own addresses objects
// could lead it to.
func warnOfCluster(within *reach.Policy, environment func(string) string, own []net.Addr) {
	service, err := netip.ParseAddr(environment("KUBERNETES_SERVICE_HOST"))
	if err != nil {
		return // it runs in no pod
	}
	if !within.Denies(service) {
		slog.Warn("objects can make the manager connect to services of the cluster; write the range of its services into --deny-cidr", "apiServer", service.String())
	}
	for _, o := range own {
		if of, ok := o.(*net.IPNet); ok {
			if pod, ok := netip.AddrFromSlice(of.IP); ok && !pod.IsLinkLocalUnicast() && !within.Denies(pod) {
				slog.Warn("objects can make the manager connect to pods of the cluster; write the range of its pods into --deny-cidr", "pod", pod.Unmap().String())
			}
		}
	}
}
