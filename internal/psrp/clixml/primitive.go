package clixml

import (
	"fmt"
	"slices"
	"strconv"
)

// primitives are the names of the primitive types other than whole numbers (MS-PSRP
// 2.2.5.1).
var primitives = []string{
	"S", "C", "B", "DT", "TS", "Sg", "Db", "D", "BA", "G", "URI", "Version", "XD", "SBK", "SS",
}

func primitive(kind string) bool { return bitsOf[kind] != 0 || slices.Contains(primitives, kind) }

// check refuses a number or a Boolean whose text is not one; it would otherwise read
// as zero.
func (v *Value) check() error {
	var err error
	switch bits := bitsOf[v.Kind]; {
	case v.Kind == "B":
		_, err = strconv.ParseBool(v.Text)
	case bits > 0:
		_, err = strconv.ParseUint(v.Text, 10, bits)
	case bits < 0:
		_, err = strconv.ParseInt(v.Text, 10, -bits)
	}
	if err != nil {
		return fmt.Errorf("%s %.40q is no value of its kind", v.Kind, v.Text)
	}
	return nil
}
