package pki

import (
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"fmt"
)

var (
	oidSubjectAltName = asn1.ObjectIdentifier{2, 5, 29, 17}
	// oidUPN is szOID_NT_PRINCIPAL_NAME.
	oidUPN = asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 311, 20, 2, 3}
)

// otherName is the GeneralName choice that carries a UPN (RFC 5280, 4.2.1.6).
type otherName struct {
	ID    asn1.ObjectIdentifier
	Value asn1.RawValue // [0] EXPLICIT
}

// upnExtension is a subject alternative name that holds a user principal name.
func upnExtension(upn string) (pkix.Extension, error) {
	name, err := asn1.MarshalWithParams(upn, "utf8")
	if err != nil {
		return pkix.Extension{}, fmt.Errorf("pki: UPN %q: %w", upn, err)
	}
	value := asn1.RawValue{Class: asn1.ClassContextSpecific, Tag: 0, IsCompound: true, Bytes: name}
	other, err := asn1.MarshalWithParams(otherName{oidUPN, value}, "tag:0")
	if err != nil {
		return pkix.Extension{}, fmt.Errorf("pki: UPN %q: %w", upn, err)
	}
	der, err := asn1.Marshal([]asn1.RawValue{{FullBytes: other}})
	if err != nil {
		return pkix.Extension{}, fmt.Errorf("pki: UPN %q: %w", upn, err)
	}
	return pkix.Extension{Id: oidSubjectAltName, Value: der}, nil
}

// UPN gives the user principal name in a certificate, "" when it has none.
func UPN(cert *x509.Certificate) string {
	for _, ext := range cert.Extensions {
		if ext.Id.Equal(oidSubjectAltName) {
			return upnOf(ext.Value)
		}
	}
	return ""
}

func upnOf(san []byte) string {
	var names []asn1.RawValue
	if rest, err := asn1.Unmarshal(san, &names); err != nil || len(rest) > 0 {
		return ""
	}
	for _, n := range names {
		var o otherName
		if _, err := asn1.UnmarshalWithParams(n.FullBytes, &o, "tag:0"); err != nil || !o.ID.Equal(oidUPN) {
			continue
		}
		var upn string
		if _, err := asn1.Unmarshal(o.Value.Bytes, &upn); err == nil {
			return upn
		}
	}
	return ""
}
