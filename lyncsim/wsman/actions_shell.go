package wsman

import (
	"context"
	"fmt"
	"hash/fnv"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/fedroute/fedroute/lyncsim/identity"
	"github.com/fedroute/fedroute/lyncsim/psrp"
)

// defaultCodePage is the OEM code page of an English Windows.
const defaultCodePage = 437

// call is one authenticated request.
type call struct {
	*envelope
	account  Account
	clientIP string
	maxReply int // bytes
	timeout  time.Duration
}

// create opens a shell.
func (s *Server) create(_ context.Context, c *call) (string, error) {
	set, err := s.settingsOf(c)
	if err != nil {
		return "", err
	}
	var r *remote
	if name, remoting := configurationOf(c.Header.ResourceURI); remoting {
		if r, err = s.openRemote(c, name); err != nil {
			return "", err
		}
	}
	sh, err := s.shells.open(shell{id: shellName(c.Body.Shell.ID), owner: c.account, clientIP: c.clientIP, settings: set, resource: c.Header.ResourceURI, remote: r})
	if err != nil {
		return "", err
	}
	s.count.shells.Add(1)
	return fmt.Sprintf(`<x:ResourceCreated><a:Address>%s</a:Address><a:ReferenceParameters><w:ResourceURI>%s</w:ResourceURI>`+
		`<w:SelectorSet><w:Selector Name="ShellId">%s</w:Selector></w:SelectorSet></a:ReferenceParameters></x:ResourceCreated>`,
		escape(s.url()), escape(sh.resource), sh.id) + s.describe(sh), nil
}

// shellName is the name that a client chose for its shell, or a new one.
func shellName(chosen string) string {
	if _, err := psrp.ParseID(chosen); err == nil {
		return strings.ToUpper(chosen)
	}
	return newID()
}

// settingsOf reads the shell settings of a Create.
func (s *Server) settingsOf(c *call) (shellSettings, error) {
	in := c.Body.Shell
	set := shellSettings{
		workingDirectory: strings.TrimSpace(in.WorkingDirectory),
		environment:      map[string]string{},
		inputStreams:     strings.TrimSpace(in.InputStreams),
		outputStreams:    strings.TrimSpace(in.OutputStreams),
		codePage:         defaultCodePage,
	}
	var err error
	if set.idleTimeOut, err = durationOr(in.IdleTimeOut, s.shells.quotas.IdleTimeOut); err != nil {
		return set, err
	}
	if set.lifetime, err = durationOr(in.Lifetime, s.shells.quotas.MaxShellRunTime); err != nil {
		return set, err
	}
	set.lifetime = min(set.lifetime, s.shells.quotas.MaxShellRunTime)
	if cp := c.Header.option("WINRS_CODEPAGE"); cp != "" {
		if set.codePage, err = strconv.Atoi(cp); err != nil {
			return set, newFault(schemaViolation, "WINRS_CODEPAGE "+cp)
		}
	}
	set.noProfile = isTrue(c.Header.option("WINRS_NOPROFILE"))
	for _, v := range in.Environment {
		set.environment[v.Name] = v.Value
	}
	return set, nil
}

// maxIdleTimeOut is the quota of a session configuration that names none.
const maxIdleTimeOut = math.MaxInt32 * time.Millisecond

// describe is the rsp:Shell element. A shell of PowerShell Remoting has more to tell.
func (s *Server) describe(sh *shell) string {
	var b strings.Builder
	field := func(name, value string) {
		if value != "" {
			fmt.Fprintf(&b, "<rsp:%s>%s</rsp:%[1]s>", name, escape(value))
		}
	}
	field("ShellId", sh.id)
	field("ResourceUri", sh.resource)
	field("Owner", sh.owner.String())
	field("ClientIP", sh.clientIP)
	if sh.remote != nil {
		field("ProcessId", strconv.Itoa(processOf(sh.id)))
	}
	if names := slices.Sorted(maps.Keys(sh.settings.environment)); len(names) > 0 {
		b.WriteString("<rsp:Environment>")
		for _, name := range names {
			fmt.Fprintf(&b, `<rsp:Variable Name="%s">%s</rsp:Variable>`, escape(name), escape(sh.settings.environment[name]))
		}
		b.WriteString("</rsp:Environment>")
	}
	field("WorkingDirectory", sh.settings.workingDirectory)
	field("IdleTimeOut", formatDuration(sh.settings.idleTimeOut))
	field("InputStreams", sh.settings.inputStreams)
	field("OutputStreams", sh.settings.outputStreams)
	if r := sh.remote; r != nil {
		field("MaxIdleTimeOut", formatDuration(maxIdleTimeOut))
		field("Locale", DefaultLanguage)
		field("DataLocale", DefaultLanguage)
		field("CompressionMode", "NoCompression")
		field("ProfileLoaded", cond(sh.settings.noProfile, "No", "Yes"))
		field("Encoding", "UTF8")
		field("BufferMode", "Block")
		field("State", cond(r.isDisconnected(), "Disconnected", "Connected"))
	}
	field("ShellRunTime", formatAge(s.cfg.Clock.Now().Sub(sh.created)))
	field("ShellInactivity", formatAge(0))
	return `<rsp:Shell xmlns:rsp="` + nsShell + `">` + b.String() + `</rsp:Shell>`
}

func cond(yes bool, then, otherwise string) string {
	if yes {
		return then
	}
	return otherwise
}

// processOf makes up the id of the process that hosts a shell.
func processOf(shell string) int {
	h := fnv.New32()
	_, _ = h.Write([]byte(shell)) // a hash takes every write
	return int(h.Sum32()%16000)*4 + 1000
}

// remove ends a shell and kills its processes.
func (s *Server) remove(_ context.Context, c *call) (string, error) {
	sh, release, err := s.shells.use(c.Header.shellID(), c.account)
	if err != nil {
		return "", err
	}
	defer release()
	if !s.shells.remove(sh.id) {
		return "", newFault(unknownShell, sh.id)
	}
	return "", nil
}

// get describes one shell, or the service to an administrator.
func (s *Server) get(_ context.Context, c *call) (string, error) {
	if c.Header.ResourceURI == configResource {
		if !c.account.identity().Member(identity.Administrators) {
			return "", newFault(accessDenied, "")
		}
		return s.configuration(), nil
	}
	sh, release, err := s.shells.use(c.Header.shellID(), c.account)
	if err != nil {
		return "", err
	}
	defer release()
	return s.describe(sh), nil
}

// enumerate lists all shells in one reply, or the commands of the shell that a filter names.
// Windows splits long lists, but the quotas allow so few shells that they always fit.
func (s *Server) enumerate(_ context.Context, c *call) (string, error) {
	if c.Body.Enumerate.Optimize == nil {
		return "", newFault(schemaViolation, "only optimized enumeration is simulated")
	}
	var items strings.Builder
	if c.Header.ResourceURI == commandResource {
		sh, release, err := s.shells.use(find(c.Body.Enumerate.Filter, "ShellId"), c.account)
		if err != nil {
			return "", err
		}
		defer release()
		if sh.remote == nil {
			return "", newFault(schemaViolation, "only the pipelines of PowerShell Remoting are listed")
		}
		for _, id := range sh.remote.running() {
			fmt.Fprintf(&items, `<rsp:Command xmlns:rsp="%s"><rsp:CommandId>%s</rsp:CommandId><rsp:CommandLine></rsp:CommandLine><rsp:CommandState>Running</rsp:CommandState></rsp:Command>`, nsShell, id)
		}
	} else {
		for _, sh := range s.shells.list() {
			items.WriteString(s.describe(sh))
		}
	}
	list := ""
	if items.Len() > 0 {
		list = `<w:Items>` + items.String() + `</w:Items>`
	}
	return `<n:EnumerateResponse><n:EnumerationContext/>` + list + `<w:EndOfSequence/></n:EnumerateResponse>`, nil
}
