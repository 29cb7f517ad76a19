package wsman

import "net/http"

// isIdentify reports whether a request asks for the service's identity without
// logon, as Test-WSMan does. Such a request has a header of its own (DSP0226, 11).
func (s *Server) isIdentify(r *http.Request) bool {
	return r.Header.Get("WSMANIDENTIFY") == "unauthenticated" && !s.refusing.Load()
}

// identity is the answer to such a request. Without logon, Windows does not show its
// version.
func identified() []byte {
	return []byte(`<s:Envelope xml:lang="" xmlns:s="` + nsSOAP + `"><s:Header/><s:Body>` +
		`<wsmid:IdentifyResponse xmlns:wsmid="` + nsIdentity + `">` +
		`<wsmid:ProtocolVersion>` + nsManagement + `</wsmid:ProtocolVersion>` +
		`<wsmid:ProductVendor>Microsoft Corporation</wsmid:ProductVendor>` +
		`<wsmid:ProductVersion>OS: 0.0.0 SP: 0.0 Stack: 3.0</wsmid:ProductVersion>` +
		`</wsmid:IdentifyResponse></s:Body></s:Envelope>`)
}
