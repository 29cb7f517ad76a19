package dns

import (
	"errors"
	"fmt"
	"time"

	mdns "github.com/miekg/dns"
)

// serve answers one request.
func (s *Server) serve(w mdns.ResponseWriter, request *mdns.Msg) {
	mood := s.mood()
	if mood.fault == Silent {
		return
	}
	effected := s.authority.attended(s.address, request.Opcode == mdns.OpcodeUpdate)
	reply := new(mdns.Msg)
	reply.SetReply(request)
	reply.RecursionDesired = false
	signature := request.IsTsig()
	if signature != nil {
		if code := signatureError(w.TsigStatus(), signature, mood.skew); code != mdns.RcodeSuccess {
			reply.Rcode = mdns.RcodeNotAuth
			sign(reply, signature, code, mood.skew)
			_ = w.WriteMsg(reply) // fails only when the client is gone
			return
		}
	}
	switch {
	case mood.fault == Broken:
		reply.Rcode = mdns.RcodeServerFailure
	case request.Opcode == mdns.OpcodeQuery:
		s.query(reply, request, mood)
	case request.Opcode == mdns.OpcodeUpdate:
		s.update(reply, request, mood)
	default:
		reply.Rcode = mdns.RcodeNotImplemented
	}
	effected()
	if request.Opcode == mdns.OpcodeUpdate && mood.fault == LoseReplies {
		_ = w.Close()
		return
	}
	time.Sleep(s.pause(request)) // what was sent has been done by then
	fit(reply, request, w.RemoteAddr().Network())
	if signature != nil {
		sign(reply, signature, mdns.RcodeSuccess, mood.skew)
	}
	if request.Opcode == mdns.OpcodeUpdate && (mood.fault == WrongSignature || mood.fault == ForgeReplies) {
		writeForged(w, reply, signature)
		return
	}
	_ = w.WriteMsg(reply)
}

func (s *Server) query(reply, request *mdns.Msg, mood mood) {
	if len(request.Question) != 1 {
		reply.Rcode = mdns.RcodeFormatError
		return
	}
	q := request.Question[0]
	if q.Qclass != mdns.ClassINET || isMeta(q.Qtype) {
		reply.Rcode = mdns.RcodeRefused
		return
	}
	answer(reply, q, s.authority.at(mood.lag))
}

func (s *Server) update(reply, request *mdns.Msg, mood mood) {
	reply.Question = request.Question
	reply.Rcode = s.tryUpdate(request, mood.fault)
}

// tryUpdate makes the change of an UPDATE if it is allowed, and gives the response
// code. It checks in BIND's order: zone, role, key, policy, prerequisites.
func (s *Server) tryUpdate(request *mdns.Msg, fault Fault) int {
	if len(request.Question) != 1 || request.Question[0].Qtype != mdns.TypeSOA {
		return mdns.RcodeFormatError
	}
	apex := mdns.CanonicalName(request.Question[0].Name)
	v := s.authority.at(0)(apex)
	signature := request.IsTsig()
	switch {
	case fault == ForgeReplies:
		return mdns.RcodeSuccess
	case fault == NoUpdates:
		return mdns.RcodeNotImplemented
	case v == nil || v.apex != apex:
		return mdns.RcodeNotAuth
	case s.role == Secondary || signature == nil || fault == RefuseUpdates:
		return mdns.RcodeRefused
	case fault == FailUpdates:
		return mdns.RcodeServerFailure
	}
	key := s.authority.key(signature.Hdr.Name)
	return s.authority.change(apex, key.Name, s.address, func(now, next *version) int {
		if rcode := now.prescan(key, request.Ns); rcode != mdns.RcodeSuccess {
			return rcode
		}
		if rcode := now.check(request.Answer); rcode != mdns.RcodeSuccess {
			return rcode
		}
		next.apply(request.Ns)
		if next.index(); !next.sane() {
			return mdns.RcodeRefused
		}
		return mdns.RcodeSuccess
	})
}

// signatureError gives the TSIG error for a request's signature (RFC 8945 section 5.2).
func signatureError(status error, t *mdns.TSIG, skew time.Duration) int {
	switch {
	case errors.Is(status, mdns.ErrSecret) || errors.Is(status, mdns.ErrKeyAlg):
		return mdns.RcodeBadKey
	case errors.Is(status, mdns.ErrTime):
		return mdns.RcodeBadTime
	case status != nil:
		return mdns.RcodeBadSig
	}
	signed := time.Unix(int64(t.TimeSigned), 0)
	if time.Now().Add(skew).Sub(signed).Abs() > time.Duration(t.Fudge)*time.Second {
		return mdns.RcodeBadTime
	}
	return mdns.RcodeSuccess
}

// sign adds the signature record to a reply that answers the request's signature.
func sign(reply *mdns.Msg, request *mdns.TSIG, code int, skew time.Duration) {
	now := time.Now().Add(skew).Unix()
	reply.SetTsig(request.Hdr.Name, request.Algorithm, request.Fudge, now)
	t := reply.IsTsig()
	t.Error = uint16(code)
	if code == mdns.RcodeBadTime {
		t.TimeSigned = request.TimeSigned
		t.OtherLen, t.OtherData = 6, fmt.Sprintf("%012x", now)
	}
}

// fit adds the EDNS record when the client sent one, and truncates a UDP reply to
// the size that the client accepts.
func fit(reply, request *mdns.Msg, network string) {
	size := mdns.MinMsgSize
	if opt := request.IsEdns0(); opt != nil {
		size = min(max(int(opt.UDPSize()), size), maxUDP)
		reply.SetEdns0(maxUDP, opt.Do())
	}
	if network == "udp" {
		reply.Truncate(size)
	}
}

// forger signs with a MAC that is wrong for every key.
type forger struct{ mdns.TsigProvider }

func (forger) Generate([]byte, *mdns.TSIG) ([]byte, error) { return make([]byte, 32), nil }

func writeForged(w mdns.ResponseWriter, reply *mdns.Msg, request *mdns.TSIG) {
	if request == nil {
		_ = w.WriteMsg(reply)
		return
	}
	raw, _, err := mdns.TsigGenerateWithProvider(reply, forger{}, request.MAC, false)
	if err != nil {
		return
	}
	_, _ = w.Write(raw)
}
