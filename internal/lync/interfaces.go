package lync

import (
	"context"
	"errors"
)

// ErrAtWork is in the chain of a Busy that the server itself gave: an operation that somebody
// began earlier, such as a manager that died, is still at work there. The call changed nothing.
var ErrAtWork = errors.New("an earlier operation is still at work on the server")

// Observer reads an organization and changes nothing.
type Observer interface {
	// ReadTopology asks a management server, in one remote call. It also returns the URL
	// of the endpoint that answered. Where only some parts could be read, the topology
	// holds them and names the others in Unknown, and the error is that of the first.
	// Faults: Unreachable (no endpoint answered), Denied, SecondHop, RightsMissing,
	// Unsupported, Failed.
	ReadTopology(ctx context.Context) (Topology, string, error)
	// ReadEdgeServer asks the Edge machine itself. Faults as of ReadTopology.
	ReadEdgeServer(ctx context.Context, server string) (EdgeServerState, error)
	// ReadEdgeCertificate asks the Edge machine for the certificate that it shows partners.
	// Faults as of ReadTopology; Unsupported also where the machine's endpoint kit is older
	// than the question.
	ReadEdgeCertificate(ctx context.Context, server string) (Certificate, error)
	// ReadDocument gives signature and digest of the published document. Two
	// documents that differ in nothing but their Signature have the same digest.
	// Faults as of ReadTopology.
	ReadDocument(ctx context.Context) (signature, digest string, err error)
}

// SiteRouter points a site at an Edge pool.
type SiteRouter interface {
	// SetSiteRoute sets the site's federation route of the protocol to the Edge pool. It
	// returns the Edge pool that a read after the change shows.
	SetSiteRoute(ctx context.Context, site string, protocol Protocol, pool string) (string, error)
}

// Publisher changes the federation flags in the topology document.
type Publisher interface {
	// ProposeFlags tells what PublishFlags would publish and may lose, and changes
	// nothing. Faults as of PublishFlags.
	ProposeFlags(ctx context.Context, change FlagChange) (Proposal, error)
	// MayEnable asks whether the account that publishes may also enable. lacks says what it
	// lacks and who can give it; "" where it lacks nothing. The error says why that is
	// unknown.
	MayEnable(ctx context.Context) (lacks string, err error)
	// PublishFlags edits, publishes and enables the topology in one remote call. Without
	// flags it only enables the topology, which finishes a publish that ended half-way.
	// It refuses with WorldChanged when the document's Signature is not the expected one,
	// and with Busy while another publish runs.
	PublishFlags(ctx context.Context, change FlagChange) (Published, error)
	// RestoreSimpleURLs puts back the simple URLs of a Proposal where they are empty now.
	// It returns the scopes that it restored. Faults: Busy while a publish runs, Invalid.
	RestoreSimpleURLs(ctx context.Context, simpleURLs string) (scopes []string, err error)
}

// EdgeMaintainer works on one Edge machine.
type EdgeMaintainer interface {
	// StartServices starts the services that are stopped. Fault: Busy while setup runs
	// there.
	StartServices(ctx context.Context, server string) error
	// RestartServices stops all services and starts them again. The start follows also
	// where the stop fails. Fault: Busy while setup runs there.
	RestartServices(ctx context.Context, server string) error
	// Setup runs the step "set up or remove components" of the product's deployment again.
	// It refuses with WorldChanged unless the machine's local replica carries the
	// signature.
	Setup(ctx context.Context, server string, signature string) error
}

// FrontEndMaintainer works on Front End pools and on what Edge pools hand to them.
type FrontEndMaintainer interface {
	// SetNextHop leads the traffic of an Edge pool to a Front End pool. It returns the pool
	// that a read after the change shows, and the Signature of the document then.
	SetNextHop(ctx context.Context, edgePool, frontEndPool string) (found, signature string, err error)
	// Associate sets all three links and returns the links that a read afterwards shows.
	Associate(ctx context.Context, frontEndPool, edgePool string) (Association, error)
	// FailBack runs Invoke-CsPoolFailBack; it can take an hour.
	FailBack(ctx context.Context, frontEndPool string) error
}

// Operator is everything that changes an organization. In mode Observe none is made.
type Operator interface {
	SiteRouter
	Publisher
	EdgeMaintainer
	FrontEndMaintainer
}

// FlagChange asks for federation flags. Pools that are not named stay as they are.
type FlagChange struct {
	// Signature is the Signature of the document that the plan was made from.
	Signature string
	Flags     []Flag
}

// Flag is one check box of Topology Builder.
type Flag struct {
	Pool     string
	Protocol Protocol
	On       bool
}

// Proposal is what must be known after a publish that nobody saw end.
type Proposal struct {
	Digest     string // of the document that will be published, without its Signature
	SimpleURLs string // as they are before it; only RestoreSimpleURLs reads the text
}

// Published says what a publish did.
type Published struct {
	Signature string // of the document now in force
	// BackupFile, with the document of before, and ExportFile, with the whole
	// configuration of before, are on the management server.
	BackupFile, ExportFile string
	// ExportError says why there is no ExportFile.
	ExportError string
	// SimpleURLsRestored says that publishing had changed the simple URLs and that they
	// were put back. By the cmdlet reference, a person then has to run Enable-CsComputer
	// on the Front Ends.
	SimpleURLsRestored bool
}
