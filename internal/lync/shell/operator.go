package shell

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/lync"
)

// Operator changes an organization. Each method runs one script. When ctx ends
// first the method returns Busy and the script goes on; calling the method
// again with the same arguments waits for that run.
type Operator struct {
	writer  *writer
	scripts writing
}

var _ lync.Operator = (*Operator)(nil)

// NewOperator gives an Operator over the fleet's writing sessions.
func NewOperator(f *Fleet) *Operator {
	return &Operator{writer: f.writer, scripts: loadWriting()}
}

type siteRouteRequest struct{ Site, Protocol, EdgePool string }

type siteRouteReply struct{ Route string }

// SetSiteRoute implements lync.SiteRouter. Fault: Unsupported when Set-CsSite on that
// server has no parameter for the protocol.
func (o *Operator) SetSiteRoute(ctx context.Context, site string, protocol lync.Protocol, pool string) (string, error) {
	j := job{
		script: o.scripts.setSiteRoute.writing, op: "set the " + string(protocol) + " federation route of site", target: site,
		arguments: siteRouteRequest{Site: site, Protocol: string(protocol), EdgePool: pool}, limit: lync.SettingLimit,
	}
	raw, err := o.writer.onManagement(ctx, j)
	if err != nil {
		return "", err
	}
	reply, err := decode[siteRouteReply](raw, j)
	return poolName(reply.Route), err
}

type publishRequest struct {
	Signature   string
	EnableSip   []string `json:",omitempty"`
	DisableSip  []string `json:",omitempty"`
	EnableXmpp  []string `json:",omitempty"`
	DisableXmpp []string `json:",omitempty"`
	ProposeOnly bool     `json:",omitempty"`
}

type publishReply struct {
	Signature          string
	BackupFile         string
	ExportFile         string
	ExportError        string
	SimpleUrlsRestored bool
}

// PublishFlags implements lync.Publisher.
func (o *Operator) PublishFlags(ctx context.Context, change lync.FlagChange) (lync.Published, error) {
	j := job{script: o.scripts.publishFlags.writing, op: "publish the federation flags", limit: lync.PublishLimit, exclusive: true, publishes: true}
	request, err := publishing(change, j)
	if err != nil {
		return lync.Published{}, err
	}
	j.arguments = request
	raw, err := o.writer.onManagement(ctx, j)
	if err != nil {
		return lync.Published{}, err
	}
	reply, err := decode[publishReply](raw, j)
	return lync.Published{
		Signature: reply.Signature, BackupFile: reply.BackupFile, ExportFile: reply.ExportFile, ExportError: reply.ExportError,
		SimpleURLsRestored: reply.SimpleUrlsRestored,
	}, err
}

type proposalReply struct{ Document, SimpleUrls string }

// ProposeFlags implements lync.Publisher: the script of PublishFlags edits the document
// and does not publish it.
func (o *Operator) ProposeFlags(ctx context.Context, change lync.FlagChange) (lync.Proposal, error) {
	j := job{script: o.scripts.publishFlags.writing, op: "prepare the publish of the federation flags", limit: lync.SettingLimit, exclusive: true}
	request, err := publishing(change, j)
	if err != nil {
		return lync.Proposal{}, err
	}
	request.ProposeOnly = true
	j.arguments = request
	raw, err := o.writer.onManagement(ctx, j)
	if err != nil {
		return lync.Proposal{}, err
	}
	reply, err := decode[proposalReply](raw, j)
	if err != nil {
		return lync.Proposal{}, err
	}
	digest, err := documentDigest(reply.Document)
	if err != nil {
		return lync.Proposal{}, malformed(j, "the topology document: %v", err)
	}
	return lync.Proposal{Digest: digest, SimpleURLs: reply.SimpleUrls}, nil
}

type restoreRequest struct{ SimpleUrls string }

type restoreReply struct{ Restored []string }

// RestoreSimpleURLs implements lync.Publisher.
func (o *Operator) RestoreSimpleURLs(ctx context.Context, simpleURLs string) ([]string, error) {
	j := job{
		script: o.scripts.restoreSimpleURLs.writing, op: "restore the simple URLs",
		arguments: restoreRequest{SimpleUrls: simpleURLs}, limit: lync.SettingLimit, exclusive: true,
	}
	raw, err := o.writer.onManagement(ctx, j)
	if err != nil {
		return nil, err
	}
	reply, err := decode[restoreReply](raw, j)
	return reply.Restored, err
}

type permissionReply struct {
	Account                  string
	DomainAdmin, ServerAdmin bool
	Containers               []containerReply
}

type containerReply struct{ Container, Granted, Problem string }

// MayEnable implements lync.Publisher.
func (o *Operator) MayEnable(ctx context.Context) (lacks string, err error) {
	j := job{script: readEnablePermission.reading, op: "ask whether the account may enable a topology", limit: lync.SettingLimit}
	raw, err := o.writer.onManagement(ctx, j)
	if err != nil {
		return "", err
	}
	reply, err := decode[permissionReply](raw, j)
	if err != nil {
		return "", err
	}
	return reply.lacks(j)
}

// lacks follows the reference of Enable-CsTopology: Domain Admins may, and members of
// RTCUniversalServerAdmins where that group was granted the permission on every container.
func (r permissionReply) lacks(j job) (string, error) {
	switch {
	case r.DomainAdmin:
		return "", nil
	case !r.ServerAdmin:
		return r.Account + " is neither in Domain Admins nor in RTCUniversalServerAdmins; make it a member of one", nil
	case len(r.Containers) == 0:
		return "", fault.New(fault.Failed, j.op, j.target, "no computer of the topology was found in Active Directory")
	}
	for _, c := range r.Containers {
		switch {
		case strings.EqualFold(c.Granted, "False"):
			return fmt.Sprintf("%s is in RTCUniversalServerAdmins, and that group has no setup permission on %s; run Grant-CsSetupPermission -ComputerOU %q, or make the account a member of Domain Admins",
				r.Account, c.Container, c.Container), nil
		case !strings.EqualFold(c.Granted, "True"):
			return "", fault.New(fault.Failed, j.op, c.Container, "Test-CsSetupPermission answered "+strconv.Quote(c.Granted)+" "+c.Problem)
		}
	}
	return "", nil
}

// publishing sorts the flags into the parameters of the script.
func publishing(change lync.FlagChange, j job) (publishRequest, error) {
	request := publishRequest{Signature: change.Signature}
	for _, f := range change.Flags {
		switch {
		case f.Protocol == lync.SIP && f.On:
			request.EnableSip = append(request.EnableSip, f.Pool)
		case f.Protocol == lync.SIP:
			request.DisableSip = append(request.DisableSip, f.Pool)
		case f.Protocol == lync.XMPP && f.On:
			request.EnableXmpp = append(request.EnableXmpp, f.Pool)
		case f.Protocol == lync.XMPP:
			request.DisableXmpp = append(request.DisableXmpp, f.Pool)
		default:
			return request, fault.New(fault.Internal, j.op, f.Pool, "there is no flag for the protocol "+string(f.Protocol))
		}
	}
	return request, nil
}

type servicesReply struct{ Services int }

// StartServices implements lync.EdgeMaintainer: it returns when all services run.
func (o *Operator) StartServices(ctx context.Context, server string) error {
	return o.services(ctx, o.scripts.startEdgeServices, "start the services of", server, lync.ServicesLimit)
}

// RestartServices implements lync.EdgeMaintainer: it returns when all services run again.
func (o *Operator) RestartServices(ctx context.Context, server string) error {
	return o.services(ctx, o.scripts.restartEdgeServices, "stop and start the services of", server, 2*lync.ServicesLimit)
}

func (o *Operator) services(ctx context.Context, s writingScript, op, server string, limit time.Duration) error {
	j := job{script: s.writing, op: op, target: server, limit: limit}
	raw, err := o.writer.onEdge(ctx, server, j)
	if err != nil {
		return err
	}
	reply, err := decode[servicesReply](raw, j)
	if err == nil && reply.Services == 0 {
		return fault.New(fault.Failed, op, server, "the machine has no Lync services").
			With("", "install its roles with the deployment wizard first")
	}
	return err
}

type setupRequest struct{ Signature, HostName string }

type setupReply struct{ Ran string }

// Setup implements lync.EdgeMaintainer. server is the machine's name in the topology.
// Fault: Invalid when the machine itself has another name.
func (o *Operator) Setup(ctx context.Context, server string, signature string) error {
	j := job{
		script: o.scripts.invokeEdgeSetup.writing, op: "set up Edge server", target: server,
		arguments: setupRequest{Signature: signature, HostName: server}, limit: lync.SetupLimit,
	}
	raw, err := o.writer.onEdge(ctx, server, j)
	if err != nil {
		return err
	}
	_, err = decode[setupReply](raw, j)
	return err
}

type associationRequest struct{ FrontEndPool, EdgePool string }

type associationReply struct {
	Registrar, Conferencing, Mediation string
	HasMediation                       bool
}

// Associate implements lync.FrontEndMaintainer.
func (o *Operator) Associate(ctx context.Context, frontEndPool, edgePool string) (lync.Association, error) {
	j := job{
		script: o.scripts.setEdgeAssociation.writing, op: "associate Front End pool", target: frontEndPool,
		arguments: associationRequest{FrontEndPool: frontEndPool, EdgePool: edgePool}, limit: lync.SettingLimit,
	}
	raw, err := o.writer.onManagement(ctx, j)
	if err != nil {
		return lync.Association{}, err
	}
	reply, err := decode[associationReply](raw, j)
	return lync.Association{
		Registrar: poolName(reply.Registrar), Conferencing: poolName(reply.Conferencing),
		Mediation: poolName(reply.Mediation), HasMediation: reply.HasMediation,
	}, err
}

type nextHopRequest struct{ EdgePool, FrontEndPool string }

type nextHopReply struct{ NextHop, Signature string }

// SetNextHop implements lync.FrontEndMaintainer.
func (o *Operator) SetNextHop(ctx context.Context, edgePool, frontEndPool string) (found, signature string, err error) {
	j := job{
		script: o.scripts.setNextHop.writing, op: "set the next hop of Edge pool", target: edgePool,
		arguments: nextHopRequest{EdgePool: edgePool, FrontEndPool: frontEndPool}, limit: lync.SettingLimit,
	}
	raw, err := o.writer.onManagement(ctx, j)
	if err != nil {
		return "", "", err
	}
	reply, err := decode[nextHopReply](raw, j)
	return poolName(reply.NextHop), reply.Signature, err
}

type failBack struct{ FrontEndPool string }

// FailBack implements lync.FrontEndMaintainer.
func (o *Operator) FailBack(ctx context.Context, frontEndPool string) error {
	j := job{
		script: o.scripts.invokePoolFailBack.writing, op: "fail back Front End pool", target: frontEndPool,
		arguments: failBack{FrontEndPool: frontEndPool}, limit: lync.FailBackLimit, apart: true,
	}
	raw, err := o.writer.onManagement(ctx, j)
	if err != nil {
		return err
	}
	_, err = decode[failBack](raw, j)
	return err
}
