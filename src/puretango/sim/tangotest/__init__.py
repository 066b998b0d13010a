"""TangoTest, as the C++ one of Tango's distribution."""
