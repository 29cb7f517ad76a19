package dotnet

import (
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"

	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

// convertTypes declares [System.Convert].
func convertTypes() []*Type {
	list := []Member{
		static("ToBase64String", 1, 2, func(a *Args) (any, error) {
			return base64.StdEncoding.EncodeToString(a.Bytes(0)), nil
		}),
		static("FromBase64String", 1, 1, func(a *Args) (any, error) { return fromBase64(a.Text(0)) }),
		static("ToString", 1, 2, func(a *Args) (any, error) {
			if a.Len() == 2 && value.IsNumber(a.At(1)) {
				n, _ := value.ToInt(a.At(0))
				return strconv.FormatInt(n, a.Int(1)), nil
			}
			return a.Text(0), nil
		}),
		static("ToBoolean", 1, 1, func(a *Args) (any, error) {
			if s, ok := a.At(0).(string); ok {
				b, ok := parseBool(s)
				if !ok {
					return nil, value.NewException("System.FormatException", boolMessage(a.Env, s))
				}
				return b, nil
			}
			return value.Truth(a.At(0)), nil
		}),
		static("ToDateTime", 1, 1, func(a *Args) (any, error) { return a.convert(0, "System.DateTime") }),
		static("ToDouble", 1, 1, func(a *Args) (any, error) { return a.convert(0, "System.Double") }),
		static("ToChar", 1, 1, func(a *Args) (any, error) { return a.convert(0, "System.Char") }),
	}
	for _, i := range integrals {
		list = append(list, static("To"+value.ShortName(i.name), 1, 2, func(a *Args) (any, error) { return i.toInteger(a) }))
	}
	bits := &Type{Name: "System.BitConverter", Refused: []string{"*"}, Static: members(
		static("ToString", 1, 1, func(a *Args) (any, error) {
			return strings.ReplaceAll(fmt.Sprintf("% X", a.Bytes(0)), " ", "-"), nil
		}))}
	return []*Type{bits, {Name: "System.Convert", Static: members(list...),
		Refused: []string{"ToDecimal", "ToSingle", "ChangeType", "ToHexString", "FromHexString", "ToBase64CharArray", "FromBase64CharArray"}}}
}

func (i integral) toInteger(a *Args) (any, error) {
	s, isText := a.At(0).(string)
	if !isText {
		return a.convert(0, i.name)
	}
	if a.Len() == 1 {
		return i.parse(a.Env, s)
	}
	n, err := strconv.ParseInt(strings.TrimPrefix(strings.ToLower(s), "0x"), a.Int(1), 64)
	if err != nil {
		return nil, formatException(a.Env, s)
	}
	return i.make(n), nil
}

func fromBase64(s string) (any, error) {
	clean := s
	if strings.ContainsAny(s, " \t\r\n") {
		clean = strings.NewReplacer(" ", "", "\t", "", "\r", "", "\n", "").Replace(s)
	}
	b, err := base64.StdEncoding.DecodeString(clean)
	if err != nil {
		return nil, value.NewException("System.FormatException", "The input is not a valid Base-64 string as it contains a non-base 64 character, more than two padding characters, or an illegal character among the padding characters.")
	}
	return b, nil
}
