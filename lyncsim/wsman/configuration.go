package wsman

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// configuration answers Get of winrm/config. Names, order and the values that this service
// does not have are those of a recorded Windows Server 2016.
func (s *Server) configuration() string {
	var c configurationText
	q := s.cfg.Quotas
	c.field("MaxEnvelopeSizekb", q.MaxEnvelopeSize>>10)
	c.field("MaxTimeoutms", q.OperationTimeout.Milliseconds())
	c.field("MaxBatchItems", 32000)
	c.field("MaxProviderRequests", unlimited)
	c.group("Client", c.client)
	c.group("Service", func() { s.service(&c) })
	c.group("Winrs", func() {
		c.field("AllowRemoteShellAccess", true)
		c.field("IdleTimeout", q.IdleTimeOut.Milliseconds())
		c.field("MaxConcurrentUsers", 2147483647)
		c.field("MaxShellRunTime", q.MaxShellRunTime.Milliseconds())
		c.field("MaxProcessesPerShell", q.MaxProcessesPerShell)
		c.field("MaxMemoryPerShellMB", 2147483647)
		c.field("MaxShellsPerUser", q.MaxShellsPerUser)
	})
	return `<cfg:Config xmlns:cfg="` + configResource + `">` + c.String() + `</cfg:Config>`
}

const unlimited = 4294967295

// configurationText is the XML of the configuration.
type configurationText struct{ strings.Builder }

func (c *configurationText) field(name string, value any) {
	fmt.Fprintf(c, "<cfg:%s>%v</cfg:%[1]s>", name, value)
}

func (c *configurationText) group(name string, fields func()) {
	c.WriteString("<cfg:" + name + ">")
	fields()
	c.WriteString("</cfg:" + name + ">")
}

func (c *configurationText) ports() {
	c.field("HTTP", 5985)
	c.field("HTTPS", 5986)
}

func (c *configurationText) client() {
	c.field("NetworkDelayms", 5000)
	c.field("URLPrefix", "wsman")
	c.field("AllowUnencrypted", false)
	c.group("Auth", func() {
		for _, method := range []string{"Basic", "Digest", "Kerberos", "Negotiate", "Certificate"} {
			c.field(method, true)
		}
		c.field("CredSSP", false)
	})
	c.group("DefaultPorts", c.ports)
	c.field("TrustedHosts", "")
}

func (s *Server) service(c *configurationText) {
	c.field("RootSDDL", "O:NSG:BAD:P(A;;GA;;;BA)(A;;GR;;;IU)S:P(AU;FA;GA;;;WD)(AU;SA;GXGW;;;WD)")
	c.field("MaxConcurrentOperations", unlimited)
	c.field("MaxConcurrentOperationsPerUser", s.cfg.Quotas.MaxConcurrentOperationsPerUser)
	c.field("EnumerationTimeoutms", 240000)
	c.field("MaxConnections", 300)
	c.field("MaxPacketRetrievalTimeSeconds", 120)
	c.field("AllowUnencrypted", s.cfg.AllowUnencrypted)
	c.group("Auth", func() {
		c.field("Basic", slices.Contains(s.cfg.Methods, Basic))
		c.field("Kerberos", s.cfg.Kerberos != nil)
		c.field("Negotiate", slices.Contains(s.cfg.Methods, Negotiate))
		c.field("Certificate", slices.Contains(s.cfg.Methods, Certificate))
		c.field("CredSSP", false)
		c.field("CbtHardeningLevel", cmp.Or(s.cfg.ChannelBinding, BindingRelaxed))
	})
	c.group("DefaultPorts", c.ports)
	c.field("IPv4Filter", "*")
	c.field("IPv6Filter", "*")
	c.field("EnableCompatibilityHttpListener", false)
	c.field("EnableCompatibilityHttpsListener", false)
	c.field("CertificateThumbprint", "")
	c.field("AllowRemoteAccess", true)
}
