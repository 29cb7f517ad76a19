// Package reach bounds where the manager connects on behalf of an object. Who may edit
// objects in one namespace names hosts, and DNS answers and topologies that this editor
// controls name more. The manager may reach places that the editor may not. So only this
// package of the product dials and resolves names, and a test checks that.
//
// It also bounds what the editor learns. A failed connection tells a scanner whether an
// address exists, what listens there and who signed its certificate. The cause is told only
// for addresses that the manager's own flags allow; otherwise the log has it.
package reach

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"sync"
	"syscall"

	"github.com/fedroute/fedroute/internal/contain"
)

// Policy says which addresses may be reached, and of which of them the cause of a failure is
// told. A nil Policy permits and tells everything; the manager always has one.
type Policy struct {
	deny, allow []netip.Prefix
	ports       []portRange
	apiServers  []string // host:port; denied whatever else is said
	connect     Connect
	log         causes
}

// Connect connects to host:port. It calls check with each address right before it connects
// to it, and does not connect where check gives an error.
type Connect func(ctx context.Context, network, address string, check func(ctx context.Context, at string) error) (net.Conn, error)

// New makes a Policy of the manager's flags and the addresses of its API server.
func New(deny, allow CIDRs, ports Ports, apiServers ...string) *Policy {
	return &Policy{deny: deny.list, allow: allow.list, ports: ports.list, apiServers: apiServers, connect: connect}
}

// Over gives the same Policy over another network than the machine's own.
func (p *Policy) Over(c Connect) *Policy {
	return &Policy{deny: p.deny, allow: p.allow, ports: p.ports, apiServers: p.apiServers, connect: c}
}

// connect connects over the machine's own network.
func connect(ctx context.Context, network, address string, check func(ctx context.Context, at string) error) (net.Conn, error) {
	dialer := net.Dialer{ControlContext: func(ctx context.Context, _, at string, _ syscall.RawConn) error { return check(ctx, at) }}
	return dialer.DialContext(ctx, network, address)
}

const opConnect = "connect to"

// Dial connects. Every address that a name resolves to is checked right before it is
// connected to. Errors are a *DeniedError, a *WithheldError, or those of [net.Dialer].
func (p *Policy) Dial(ctx context.Context, network, address string) (net.Conn, error) {
	if p == nil {
		return new(net.Dialer).DialContext(ctx, network, address)
	}
	if err := p.checkPort(address); err != nil { // before a name is looked up
		return nil, err
	}
	var a attempts
	conn, err := p.connect(ctx, network, address, func(ctx context.Context, at string) error {
		// The resolver may call this in a goroutine of its own.
		return contain.Run(opConnect, address, func() error { return a.add(at, p.check(ctx, at)) })
	})
	if err == nil {
		return conn, nil
	}
	return nil, p.failed(address, a.tried(), err)
}

// attempts are the addresses that one Dial tried, perhaps two at a time.
type attempts struct {
	mu  sync.Mutex
	all []string
}

func (a *attempts) add(at string, err error) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.all = append(a.all, at)
	return err
}

func (a *attempts) tried() []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Clone(a.all)
}

// checkPort refuses a port that no flag names.
func (p *Policy) checkPort(address string) error {
	_, text, err := net.SplitHostPort(address)
	if err != nil {
		return err
	}
	port, err := strconv.ParseUint(text, 10, 16)
	if err != nil || !slices.ContainsFunc(p.ports, func(r portRange) bool { return r.has(uint16(port)) }) {
		return &DeniedError{Address: address, cause: fmt.Sprintf("port %s is not among those that the manager may connect to", text),
			next: "use one of its ports, or ask who runs the manager for --allow-port"}
	}
	return nil
}

// check refuses an address, which has no name in it any more.
func (p *Policy) check(ctx context.Context, address string) error {
	at, err := netip.ParseAddrPort(address)
	if err != nil {
		return err
	}
	for _, server := range p.apiServers {
		if is(ctx, server, at) {
			return &DeniedError{Address: address, cause: "the manager does not connect to its API server on behalf of an object", next: "name another server"}
		}
	}
	if of, denied := p.denies(at.Addr()); denied {
		return &DeniedError{Address: address, cause: fmt.Sprintf("the manager may not connect to addresses in %s", of),
			next: "name another server, or ask who runs the manager for --allow-cidr"}
	}
	return nil
}

// Denies reports whether the flags forbid an address.
func (p *Policy) Denies(address netip.Addr) bool {
	_, denied := p.denies(address)
	return denied
}

func (p *Policy) denies(address netip.Addr) (of netip.Prefix, denied bool) {
	for _, ip := range meant(address) {
		within := func(of netip.Prefix) bool { return of.Contains(ip) }
		if n := slices.IndexFunc(p.deny, within); n >= 0 && !slices.ContainsFunc(p.allow, within) {
			return p.deny[n], true
		}
	}
	return netip.Prefix{}, false
}

// is reports whether a server, given as host:port, has the address. A server whose name
// cannot be resolved now counts as having it.
func is(ctx context.Context, server string, at netip.AddrPort) bool {
	host, port, err := net.SplitHostPort(server)
	if err != nil || port != strconv.Itoa(int(at.Port())) {
		return false
	}
	addresses, err := net.DefaultResolver.LookupNetIP(ctx, "ip", host)
	return err != nil || slices.ContainsFunc(addresses, func(a netip.Addr) bool { return slices.Contains(meant(at.Addr()), a.Unmap()) })
}

// translated is where a NAT64 gateway puts the IPv4 addresses (RFC 6052 section 2.1).
var translated = netip.MustParsePrefix("64:ff9b::/96")

// meant gives an address as prefixes and other addresses are compared with it: without zone,
// IPv4 inside IPv6 as IPv4, and for one that a gateway translates also where that leads to.
func meant(a netip.Addr) []netip.Addr {
	a = a.Unmap().WithZone("")
	if !translated.Contains(a) {
		return []netip.Addr{a}
	}
	bytes := a.As16()
	behind, _ := netip.AddrFromSlice(bytes[12:])
	return []netip.Addr{a, behind}
}

// Services resolves the SRV records of a service, such as kerberos over tcp of a realm. They
// come by priority and shuffled by weight.
func (p *Policy) Services(ctx context.Context, service, protocol, domain string) ([]*net.SRV, error) {
	_, found, err := net.DefaultResolver.LookupSRV(ctx, service, protocol, domain)
	if err != nil && p != nil {
		return nil, p.withheld(domain, err)
	}
	return found, err
}
